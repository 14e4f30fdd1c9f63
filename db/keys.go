package db

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"time"

	"salesbot/crm"
)

// keySize is that of AES-256.
const keySize = 32

// keys are made from the operator's one key, each for one purpose.
type keys struct {
	// seal is nil without an operator's key.
	seal   cipher.AEAD
	file   []byte
	live   []byte
	device []byte
}

var errNoKey = errors.New("secrets can't be kept: the server was started without a key")

func newKeys(key []byte) (keys, error) {
	if len(key) == 0 {
		return keys{file: []byte(newSecret()), live: []byte(newSecret()), device: []byte(newSecret())}, nil
	}
	if len(key) != keySize {
		return keys{}, fmt.Errorf("the key has %d bytes; it must have %d", len(key), keySize)
	}
	block, err := aes.NewCipher(derive(key, "channel secrets"))
	if err != nil {
		return keys{}, fmt.Errorf("key: %w", err)
	}
	seal, err := cipher.NewGCM(block)
	return keys{seal: seal, file: derive(key, "file addresses"), live: derive(key, "live chat"), device: derive(key, "known devices")}, err
}

// derive makes a key for one purpose (HMAC as a pseudo-random function; RFC 5869, section 2.3).
func derive(key []byte, purpose string) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(purpose))
	return mac.Sum(nil)
}

// encrypt returns the nonce and the sealed text. about ties it to its place, so that it can't be moved to another row's.
func (k keys) encrypt(plain []byte, about string) ([]byte, error) {
	if k.seal == nil {
		return nil, errNoKey
	}
	nonce := make([]byte, k.seal.NonceSize())
	_, _ = rand.Read(nonce) // never fails (crypto/rand)
	return k.seal.Seal(nonce, nonce, plain, []byte(about)), nil
}

func (k keys) decrypt(sealed []byte, about string) ([]byte, error) {
	if k.seal == nil {
		return nil, errNoKey
	}
	size := k.seal.NonceSize()
	if len(sealed) < size {
		return nil, errors.New("a sealed secret is cut short")
	}
	plain, err := k.seal.Open(nil, sealed[:size], sealed[size:], []byte(about))
	if err != nil {
		return nil, errors.New("a sealed secret can't be opened: the server's key is not the one it was sealed with")
	}
	return plain, nil
}

// LiveKey is what the live chat signs its visitors' tokens with. Without an operator's key it lasts as long as the process.
func (s *Store) LiveKey() []byte { return s.keys.live }

// DeviceKey is what the cookies of known devices are signed with. Without an operator's key it lasts as long as the process.
func (s *Store) DeviceKey() []byte { return s.keys.device }

// SignFile makes the part of a file's address that lets its bearer read the file until the time.
func (s *Store) SignFile(id string, until time.Time) string {
	mac := hmac.New(sha256.New, s.keys.file)
	mac.Write([]byte(id + "\x00" + strconv.FormatInt(until.Unix(), 10)))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// CheckFile says whether we signed the address and its time is not over; Unauthorized if not.
func (s *Store) CheckFile(id string, until time.Time, signature string) error {
	if !hmac.Equal([]byte(s.SignFile(id, until)), []byte(signature)) {
		return crm.Errorf(crm.Unauthorized, "the file's address is not one that this server gave out")
	}
	if !until.After(s.Now()) {
		return crm.Errorf(crm.Unauthorized, "the file's address has expired")
	}
	return nil
}
