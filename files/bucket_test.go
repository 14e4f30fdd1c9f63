package files_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"salesbot/files"
)

// s3 is a strict fake of a bucket named "crm" with the prefix "chat": it knows three calls, and each must be signed with
// the right key id over the bytes that were really sent.
type s3 struct {
	mu      sync.Mutex
	objects map[string][]byte
	gets    int
	faults  []string
}

func openBucket(t *testing.T) (files.Place, *s3) {
	t.Helper()
	t.Setenv("AWS_ACCESS_KEY_ID", "AKIATEST")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "secret")
	t.Setenv("AWS_CONFIG_FILE", "/dev/null")
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
	fake := &s3{objects: map[string][]byte{}}
	server := httptest.NewServer(fake)
	t.Cleanup(server.Close)
	t.Cleanup(func() { require.Empty(t, fake.faults) })
	place, err := files.Open(t.Context(), "s3://crm/chat?region=eu-central-1&path_style=true&endpoint="+server.URL)
	require.NoError(t, err)
	return place, fake
}

func (s *s3) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	body, _ := io.ReadAll(r.Body)
	if fault := s.fault(r, body); fault != "" {
		s.faults = append(s.faults, r.Method+" "+r.URL.Path+": "+fault)
		http.Error(w, fault, http.StatusForbidden)
		return
	}
	key := strings.TrimPrefix(r.URL.Path, "/crm/chat/")
	switch r.Method {
	case http.MethodPut:
		s.objects[key] = body
	case http.MethodDelete:
		delete(s.objects, key)
		w.WriteHeader(http.StatusNoContent)
	case http.MethodGet:
		s.gets++
		s.get(w, r, key)
	}
}

func (s *s3) get(w http.ResponseWriter, r *http.Request, key string) {
	content, ok := s.objects[key]
	if !ok {
		w.Header().Set("Content-Type", "application/xml")
		w.WriteHeader(http.StatusNotFound)
		fmt.Fprint(w, `<?xml version="1.0"?><Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message></Error>`)
		return
	}
	status := http.StatusOK
	if begin, ok := strings.CutPrefix(r.Header.Get("Range"), "bytes="); ok {
		at, err := strconv.Atoi(strings.TrimSuffix(begin, "-"))
		if err != nil || at >= len(content) {
			w.WriteHeader(http.StatusRequestedRangeNotSatisfiable)
			return
		}
		w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", at, len(content)-1, len(content)))
		content, status = content[at:], http.StatusPartialContent
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(content)))
	w.WriteHeader(status)
	_, _ = w.Write(content)
}

// fault is what is wrong with a request.
func (s *s3) fault(r *http.Request, body []byte) string {
	sum := sha256.Sum256(body)
	header := r.Header
	switch {
	case r.Method != http.MethodPut && r.Method != http.MethodGet && r.Method != http.MethodDelete:
		return "no such call"
	case !strings.HasPrefix(r.URL.Path, "/crm/chat/") || strings.Count(r.URL.Path, "/") != 3:
		return "outside of the bucket's prefix"
	case !strings.HasPrefix(header.Get("Authorization"), "AWS4-HMAC-SHA256 Credential=AKIATEST/"):
		return "not signed"
	case !strings.Contains(header.Get("Authorization"), "/eu-central-1/s3/aws4_request") || !strings.Contains(header.Get("Authorization"), "Signature="):
		return "signed for another place"
	case header.Get("X-Amz-Content-Sha256") != hex.EncodeToString(sum[:]):
		return "signed over other bytes"
	case r.Method == http.MethodPut && (r.ContentLength < 0 || header.Get("Content-Encoding") != ""):
		return "sent in chunks, which servers that only resemble Amazon's refuse"
	}
	return ""
}

func TestAnObjectIsAskedForOnceToBeReadFromItsBeginning(t *testing.T) {
	place, fake := openBucket(t)
	require.NoError(t, place.Put(t.Context(), name, strings.NewReader("0123456789")))
	file, err := place.Open(t.Context(), name, 10)
	require.NoError(t, err)
	defer file.Close()
	// As http.ServeContent does it.
	end, err := file.Seek(0, io.SeekEnd)
	require.NoError(t, err)
	require.EqualValues(t, 10, end)
	_, err = file.Seek(0, io.SeekStart)
	require.NoError(t, err)
	content, err := io.ReadAll(file)
	require.NoError(t, err)
	require.Equal(t, "0123456789", string(content))
	require.Equal(t, 1, fake.gets)
	_, err = file.Seek(7, io.SeekStart)
	require.NoError(t, err)
	content, err = io.ReadAll(file)
	require.NoError(t, err)
	require.Equal(t, "789", string(content))
	require.Equal(t, 2, fake.gets)
}

func TestAnObjectThatIsShorterThanItWasIsAnError(t *testing.T) {
	place, fake := openBucket(t)
	require.NoError(t, place.Put(t.Context(), name, strings.NewReader("0123456789")))
	fake.objects[name] = []byte("0123")
	file, err := place.Open(t.Context(), name, 10)
	require.NoError(t, err)
	defer file.Close()
	_, err = io.ReadAll(file)
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
}
