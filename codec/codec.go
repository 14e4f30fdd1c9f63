// Package codec is how payloads look in Temporal: compressed if they are large, and encrypted if a key is given. The same converter must
// be used by every client, worker and replayer of one namespace.
package codec

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"

	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"
	"google.golang.org/protobuf/proto"
)

// KeySize is the length of an encryption key in bytes: AES-256.
const KeySize = 32

const encoding = "binary/encrypted"

// DataConverter compresses large payloads and, with a key, encrypts all. A nil key does not encrypt but a converter with a
// key reads what was written without one, so that encryption can be switched on under way.
func DataConverter(key []byte) (converter.DataConverter, error) {
	codecs, err := codecs(key)
	if err != nil {
		return nil, err
	}
	return converter.NewCodecDataConverter(marker{converter.GetDefaultDataConverter()}, codecs...), nil
}

// FailureConverter puts the texts of errors through the same codecs as payloads if there is a key.
func FailureConverter(dc converter.DataConverter, key []byte) converter.FailureConverter {
	return temporal.NewDefaultFailureConverter(temporal.DefaultFailureConverterOptions{DataConverter: dc, EncodeCommonAttributes: len(key) > 0})
}

// Handler is the codec server by which Temporal UI reads payloads. It must stand behind the product's login.
func Handler(key []byte) (http.Handler, error) {
	codecs, err := codecs(key)
	if err != nil {
		return nil, err
	}
	return converter.NewPayloadCodecHTTPHandler(codecs...), nil
}

// codecs are applied last first: payloads are compressed and then encrypted.
func codecs(key []byte) ([]converter.PayloadCodec, error) {
	compress := newCompressor()
	if len(key) == 0 {
		return []converter.PayloadCodec{compress}, nil
	}
	if len(key) != KeySize {
		return nil, fmt.Errorf("the payload key has %d bytes, it needs %d", len(key), KeySize)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	return []converter.PayloadCodec{encrypter{aead}, compress}, nil
}

type encrypter struct{ aead cipher.AEAD }

func (e encrypter) Encode(payloads []*commonpb.Payload) ([]*commonpb.Payload, error) {
	sealed := make([]*commonpb.Payload, len(payloads))
	for i, p := range payloads {
		plain, err := proto.Marshal(p)
		if err != nil {
			return nil, err
		}
		nonce := make([]byte, e.aead.NonceSize(), e.aead.NonceSize()+len(plain)+e.aead.Overhead())
		if _, err := io.ReadFull(rand.Reader, nonce); err != nil {
			return nil, err
		}
		sealed[i] = &commonpb.Payload{Metadata: map[string][]byte{converter.MetadataEncoding: []byte(encoding)}, Data: e.aead.Seal(nonce, nonce, plain, nil)}
	}
	return sealed, nil
}

func (e encrypter) Decode(payloads []*commonpb.Payload) ([]*commonpb.Payload, error) {
	opened := make([]*commonpb.Payload, len(payloads))
	for i, p := range payloads {
		if string(p.GetMetadata()[converter.MetadataEncoding]) != encoding {
			opened[i] = p
			continue
		}
		plain, err := e.open(p.GetData())
		if err != nil {
			return nil, err
		}
		opened[i] = new(commonpb.Payload)
		if err := proto.Unmarshal(plain, opened[i]); err != nil {
			return nil, err
		}
	}
	return opened, nil
}

func (e encrypter) open(data []byte) ([]byte, error) {
	if len(data) < e.aead.NonceSize() {
		return nil, errors.New("an encrypted payload is too short")
	}
	plain, err := e.aead.Open(nil, data[:e.aead.NonceSize()], data[e.aead.NonceSize():], nil)
	if err != nil {
		return nil, errors.New("an encrypted payload can't be opened: is it this server's key?")
	}
	return plain, nil
}
