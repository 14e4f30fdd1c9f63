package api_test

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"salesbot/db"
)

// step is one request of a scenario and what its answer must hold.
type step struct {
	method, path, body string
	status             int
	// contains are pieces of the answer as compact JSON; a piece that begins with ! must be absent.
	contains []string
}

// play sends the steps in order as the administrator, on both databases with what every account has: the pipeline 1
// with the stages 1001 (incoming) to 1005, the contacts' phone field 1 and e-mail field 2, the companies' 3 and 4.
func play(t *testing.T, steps []step) {
	t.Helper()
	eachWorld(t, func(w *world) {
		w.ensureDefaults()
		for i, s := range steps {
			r := w.call(s.method, "/api/v4"+s.path, s.body)
			require.Equal(w.t, s.status, r.StatusCode, "step %d: %s %s\n%s", i, s.method, s.path, r.body)
			if s.status == 204 {
				require.Empty(w.t, r.body)
			}
			for _, piece := range s.contains {
				if absent, not := strings.CutPrefix(piece, "!"); not {
					require.NotContains(w.t, string(r.body), absent, "step %d: %s %s", i, s.method, s.path)
					continue
				}
				require.Contains(w.t, string(r.body), piece, "step %d: %s %s", i, s.method, s.path)
			}
		}
	})
}

func (w *world) ensureDefaults() {
	w.t.Helper()
	require.NoError(w.t, w.store.Change(w.t.Context(), func(ctx context.Context, tx *db.Tx) error { return tx.EnsureDefaults(ctx) }))
}
