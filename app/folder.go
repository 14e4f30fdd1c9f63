package app

import (
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

const keySize = 32

// keyPath is the file of the secret key, where none is configured.
func (c Config) keyPath() string { return filepath.Join(c.Data, "secret.key") }

// secretKey is the installation's: the configured one, or one that is made in the data folder at the first start.
func secretKey(c Config) ([]byte, error) {
	if c.SecretKey != "" {
		return parseKey(c.SecretKey, "SALESBOT_SECRET_KEY")
	}
	path := c.keyPath()
	text, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return makeKey(path)
	}
	if err != nil {
		return nil, fmt.Errorf("read the secret key: %w", err)
	}
	return parseKey(string(text), path)
}

func parseKey(text, where string) ([]byte, error) {
	key, err := hex.DecodeString(strings.TrimSpace(text))
	if err != nil || len(key) != keySize {
		return nil, fmt.Errorf("%s must hold %d hex digits", where, 2*keySize)
	}
	return key, nil
}

// makeKey writes a new key and looks that it reached the disk: what is sealed with a lost key is lost.
func makeKey(path string) ([]byte, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("make the data folder: %w", err)
	}
	key := make([]byte, keySize)
	if _, err := rand.Read(key); err != nil {
		return nil, err
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, os.ErrExist) { // another command made it between our look and our write
		return secretKey(Config{Data: filepath.Dir(path)})
	}
	if err != nil {
		return nil, fmt.Errorf("make the secret key: %w", err)
	}
	defer file.Close()
	if _, err := file.WriteString(hex.EncodeToString(key) + "\n"); err != nil {
		return nil, fmt.Errorf("make the secret key: %w", err)
	}
	return key, file.Sync()
}

// subkey derives a key for one purpose, so that no two uses share one.
func subkey(key []byte, purpose string) ([]byte, error) {
	return hkdf.Key(sha256.New, key, nil, "salesbot "+purpose, keySize)
}
