package codec

import (
	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/sdk/converter"
)

// Uncompressed is a value that programs read which don't know our codec: however large, it is not compressed. It is
// encrypted nonetheless if there is a key.
type Uncompressed interface{ Uncompressed() }

// metadataPlain marks payloads of Uncompressed values.
const metadataPlain = "salesbot-uncompressed"

// marker is the default converter, and marks what must not be compressed.
type marker struct{ converter.DataConverter }

func (m marker) ToPayload(value any) (*commonpb.Payload, error) {
	p, err := m.DataConverter.ToPayload(value)
	if _, ok := value.(Uncompressed); ok && err == nil {
		p.Metadata[metadataPlain] = []byte("true")
	}
	return p, err
}

func (m marker) ToPayloads(values ...any) (*commonpb.Payloads, error) {
	all := &commonpb.Payloads{}
	for _, value := range values {
		p, err := m.ToPayload(value)
		if err != nil {
			return nil, err
		}
		all.Payloads = append(all.Payloads, p)
	}
	return all, nil
}
