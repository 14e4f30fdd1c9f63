package crm_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"salesbot/crm"
)

func TestOneAddressHasOneForm(t *testing.T) {
	t.Parallel()
	for _, spelling := range []string{"ann@example.com", " Ann@Example.com ", "ann@example.com\t\n", "\u00a0ANN@example.com\u3000", "\uff41nn@example.com"} {
		require.Equal(t, "ann@example.com", crm.FoldEmail(spelling), "%q", spelling)
		require.Equal(t, crm.FoldEmail(spelling), crm.FoldEmail(crm.FoldEmail(spelling)))
	}
	require.NotEqual(t, crm.FoldEmail("ann@example.com"), crm.FoldEmail("anne@example.com"))
}
