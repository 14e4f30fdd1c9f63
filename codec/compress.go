package codec

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"io"
	"sync"

	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/sdk/converter"
	"google.golang.org/protobuf/proto"
)

// compressFrom is the size in bytes from which a payload is compressed. Below, little is saved; what is left as it is can be
// read in Temporal's own tools, and costs nothing.
const compressFrom = 1024

const zlibEncoding = "binary/zlib"

// compressor reads and writes what the SDK's own zlib codec does, and differs in two things: small payloads stay as they are,
// and a compressor, which takes most of a megabyte of memory, is used again instead of being made for each payload.
type compressor struct{ writers *sync.Pool }

func newCompressor() compressor {
	return compressor{writers: new(sync.Pool)}
}

func (c compressor) Encode(payloads []*commonpb.Payload) ([]*commonpb.Payload, error) {
	encoded := make([]*commonpb.Payload, len(payloads))
	for i, p := range payloads {
		encoded[i] = p
		if _, plain := p.GetMetadata()[metadataPlain]; plain || proto.Size(p) < compressFrom {
			continue
		}
		small, err := c.compress(p)
		if err != nil {
			return nil, err
		}
		if len(small) < len(p.GetData()) { // pictures and the like don't get smaller
			encoded[i] = &commonpb.Payload{Metadata: map[string][]byte{converter.MetadataEncoding: []byte(zlibEncoding)}, Data: small}
		}
	}
	return encoded, nil
}

func (c compressor) compress(p *commonpb.Payload) ([]byte, error) {
	plain, err := proto.Marshal(p)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	w, ok := c.writers.Get().(*zlib.Writer)
	if !ok {
		w = zlib.NewWriter(nil)
	}
	defer c.writers.Put(w)
	w.Reset(&out)
	if _, err := w.Write(plain); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

func (c compressor) Decode(payloads []*commonpb.Payload) ([]*commonpb.Payload, error) {
	decoded := make([]*commonpb.Payload, len(payloads))
	for i, p := range payloads {
		decoded[i] = p
		if string(p.GetMetadata()[converter.MetadataEncoding]) != zlibEncoding {
			continue
		}
		var err error
		if decoded[i], err = decompress(p.GetData()); err != nil {
			return nil, fmt.Errorf("a compressed payload can't be read: %w", err)
		}
	}
	return decoded, nil
}

func decompress(data []byte) (*commonpb.Payload, error) {
	r, err := zlib.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	defer r.Close()
	plain, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	p := new(commonpb.Payload)
	return p, proto.Unmarshal(plain, p)
}
