package codec_test

import (
	"crypto/rand"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/sdk/converter"

	"salesbot/codec"
)

// What is small stays readable; what is large, and gets smaller, is compressed.
func TestOnlyLargePayloadsAreCompressed(t *testing.T) {
	t.Parallel()
	noise := make([]byte, 4096)
	_, _ = rand.Read(noise)
	for _, c := range []struct {
		name       string
		value      any
		compressed bool
	}{
		{"a letter", map[string]string{"text": "Hi"}, false},
		{"just small enough", strings.Repeat("a", 990), false},
		{"large", strings.Repeat("a", 1024), true},
		{"large, and without order", noise, false},
		{"nothing", nil, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			ours, err := codec.DataConverter(nil)
			require.NoError(t, err)
			payload, err := ours.ToPayload(c.value)
			require.NoError(t, err)
			plain, err := converter.GetDefaultDataConverter().ToPayload(c.value)
			require.NoError(t, err)
			if c.compressed {
				require.Less(t, len(payload.GetData()), len(plain.GetData())/2)
			} else {
				require.Equal(t, plain.GetData(), payload.GetData())
			}
			require.Equal(t, ours.ToString(payload), converter.GetDefaultDataConverter().ToString(plain))
		})
	}
}

// Workflows that are open hold payloads of the SDK's own codec, and an older program must read ours.
func TestPayloadsAreThoseOfTheSDKsCodec(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("what a conversation knows; ", 100)
	ours, err := codec.DataConverter(nil)
	require.NoError(t, err)
	theirs := converter.NewCodecDataConverter(converter.GetDefaultDataConverter(), converter.NewZlibCodec(converter.ZlibCodecOptions{AlwaysEncode: true}))
	for _, way := range []struct{ write, read converter.DataConverter }{{ours, theirs}, {theirs, ours}} {
		for _, value := range []string{"Hi", text} {
			payload, err := way.write.ToPayload(value)
			require.NoError(t, err)
			var back string
			require.NoError(t, way.read.FromPayload(payload, &back))
			require.Equal(t, value, back)
		}
	}
}

// Compressors are used again, by many at once.
func TestCompressorsDoNotMixPayloads(t *testing.T) {
	t.Parallel()
	ours, err := codec.DataConverter(nil)
	require.NoError(t, err)
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			want := strings.Repeat(string(rune('a'+i))+" payload ", 300)
			for range 100 {
				payload, err := ours.ToPayload(want)
				var back string
				if err == nil {
					err = ours.FromPayload(payload, &back)
				}
				if err != nil || back != want {
					t.Errorf("payload %d came back otherwise: %v", i, err)
					return
				}
			}
		})
	}
	all.Wait()
}

func TestABrokenPayloadIsAnError(t *testing.T) {
	t.Parallel()
	ours, err := codec.DataConverter(nil)
	require.NoError(t, err)
	good, err := ours.ToPayload(strings.Repeat("a", 4096))
	require.NoError(t, err)
	for _, data := range [][]byte{nil, []byte("no zlib"), good.GetData()[:len(good.GetData())-6]} {
		var back string
		err := ours.FromPayload(&commonpb.Payload{Metadata: good.GetMetadata(), Data: data}, &back)
		require.ErrorContains(t, err, "can't be read")
	}
}
