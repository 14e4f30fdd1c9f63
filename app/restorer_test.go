package app_test

import (
	"io"
	"maps"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"salesbot/app"
)

// restorer makes backups and goes back to them. What was said since a backup is gone after its restore, for the
// clients as for the product; so everybody first comes to the end of a dialogue.
type restorer struct {
	t       *testing.T
	config  app.Config
	talkers []*talker
	// gate is held by each talker for one dialogue.
	gate     *sync.RWMutex
	dir      string
	backups  int
	restores int
	memories []memory
}

// memory is what a client knew when the backup was made.
type memory struct {
	rounds, timers int
	heard          map[string]spoken
	last           int64
}

// turn makes a backup of the running product, or kills it and goes back to the last one.
func (r *restorer) turn(p *process) {
	r.gate.Lock()
	defer r.gate.Unlock()
	if r.memories == nil {
		r.backUp()
		return
	}
	p.kill()
	// PostgreSQL may not have noticed yet that the killed one's connections are gone.
	require.EventuallyWithT(r.t, func(t *assert.CollectT) {
		require.NoError(t, app.Restore(r.t.Context(), r.config, r.dir, true, io.Discard))
	}, time.Minute, 200*time.Millisecond)
	for i, m := range r.memories {
		r.talkers[i].remember(m)
	}
	r.memories = nil
	r.restores++
	p.start()
}

func (r *restorer) backUp() {
	r.backups++
	r.dir = filepath.Join(r.t.TempDir(), strconv.Itoa(r.backups))
	require.NoError(r.t, app.Backup(r.t.Context(), r.config, r.dir, "test", io.Discard))
	for _, one := range r.talkers {
		r.memories = append(r.memories, one.memory())
	}
}

func (o *talker) memory() memory {
	o.mu.Lock()
	defer o.mu.Unlock()
	return memory{rounds: o.rounds, timers: len(o.late), heard: maps.Clone(o.heard), last: o.last}
}

func (o *talker) remember(m memory) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.rounds, o.late, o.heard, o.last = m.rounds, o.late[:m.timers], maps.Clone(m.heard), m.last
}
