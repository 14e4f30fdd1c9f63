package codec

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/converter"
)

type foreign struct{ Text string }

func (foreign) Uncompressed() {}

// Other people's workers don't know our compression; what is encrypted stays encrypted.
func TestWhatForeignWorkersReadIsNotCompressed(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("long ", 2000)
	for name, key := range map[string][]byte{"plain": nil, "encrypted": bytes.Repeat([]byte{7}, KeySize)} {
		dc, err := DataConverter(key)
		require.NoError(t, err)
		theirs, err := dc.ToPayloads(foreign{long})
		require.NoError(t, err)
		ours, err := dc.ToPayload(struct{ Text string }{long})
		require.NoError(t, err)
		require.Less(t, len(ours.GetData()), len(long), name)
		p := theirs.GetPayloads()[0]
		require.Greater(t, len(p.GetData()), len(long), name)
		require.Equal(t, key == nil, string(p.GetMetadata()[converter.MetadataEncoding]) == converter.MetadataEncodingJSON, name)
		require.Equal(t, key == nil, bytes.Contains(p.GetData(), []byte("long ")), name)
		var back foreign
		require.NoError(t, dc.FromPayloads(theirs, &back))
		require.Equal(t, long, back.Text)
	}
}
