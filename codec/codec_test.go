package codec_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"salesbot/codec"
)

func TestPayloadsComeBack(t *testing.T) {
	t.Parallel()
	key, other := bytes.Repeat([]byte{1}, codec.KeySize), bytes.Repeat([]byte{2}, codec.KeySize)
	text := strings.Repeat("a secret of the client's; ", 100)
	for _, c := range []struct {
		name        string
		write, read []byte
		hidden, ok  bool
	}{
		{"compressed", nil, nil, false, true},
		{"encrypted", key, key, true, true},
		{"written before encryption was switched on", nil, key, false, true},
		{"read with another key", key, other, true, false},
		{"read without the key", key, nil, true, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			writer, err := codec.DataConverter(c.write)
			require.NoError(t, err)
			payload, err := writer.ToPayload(text)
			require.NoError(t, err)
			require.Less(t, len(payload.GetData()), len(text)/2, "it is compressed")
			require.NotContains(t, string(payload.GetData()), "secret")
			reader, err := codec.DataConverter(c.read)
			require.NoError(t, err)
			var back string
			err = reader.FromPayload(payload, &back)
			if !c.ok {
				require.Error(t, err)
				return
			}
			require.NoError(t, err)
			require.Equal(t, text, back)
		})
	}
}

func TestAKeyOfTheWrongLengthIsRefused(t *testing.T) {
	t.Parallel()
	_, err := codec.DataConverter([]byte("short"))
	require.ErrorContains(t, err, "needs 32")
}
