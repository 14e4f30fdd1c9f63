package app_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"salesbot/app"
	"salesbot/db"
)

func TestProcessesOfOneInstallationShareThePlaceOfFiles(t *testing.T) {
	t.Parallel()
	c := app.Config{TemporalAddress: "temporal:7233"}
	for _, parts := range []app.Parts{{API: true}, {Worker: true}} {
		require.ErrorContains(t, c.Validate(parts), "SALESBOT_FILES")
		shared := c
		shared.Files = "s3://bucket"
		require.NoError(t, shared.Validate(parts))
	}
	require.NoError(t, c.Validate(app.Everything))
	c.FilesPerVisitor = -1
	require.ErrorContains(t, c.Validate(app.Everything), "SALESBOT_FILES_PER")
}

// A data folder of an older version is opened, its file moves out, a visitor's is kept, and then the power goes.
func TestFilesLieInTheDataFolderAndOutliveAKill(t *testing.T) {
	t.Parallel()
	c := config(t)
	old := strings.Repeat("old ", 100_000)
	writeOldFile(t, c, "0f8fad5b-d9cb-469f-a165-70867728950e", old)
	p := startProcess(t, c)
	v := newVisitor(t.Context(), t, func() string { return "http://" + p.Address }, 1)
	made := v.upload(t, "new.txt", strings.Repeat("new ", 100_000))
	moved := filepath.Join(c.Data, "files", "0f", "0f8fad5b-d9cb-469f-a165-70867728950e")
	store := openStore(t, c)
	defer store.Close()
	require.Eventually(t, func() bool { return count(t, store, "files WHERE blob = ''") == 0 }, time.Minute, 20*time.Millisecond)
	p.restart()
	content, err := os.ReadFile(moved)
	require.NoError(t, err)
	require.Equal(t, old, string(content))
	require.Equal(t, strings.Repeat("new ", 100_000), get(t, "http://"+p.Address+made))
}

func writeOldFile(t *testing.T, c app.Config, id, content string) {
	t.Helper()
	require.NoError(t, app.Migrate(t.Context(), c))
	store := openStore(t, c)
	defer store.Close()
	require.NoError(t, store.Change(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.ExecContext(ctx, "INSERT INTO files (id, name, mime, type, size, chat_id, content, created_at) VALUES (?, 'old.txt', 'text/plain', 'file', ?, '', ?, ?)",
			id, len(content), []byte(content), tx.Now)
		return err
	}))
}

// upload sends a file and returns its address.
func (v *visitor) upload(t *testing.T, name, content string) string {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", name)
	require.NoError(t, err)
	_, err = io.WriteString(part, content)
	require.NoError(t, err)
	require.NoError(t, form.Close())
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, v.base+"/files", &body)
	require.NoError(t, err)
	request.Header.Set("Authorization", "Bearer "+v.token)
	request.Header.Set("Content-Type", form.FormDataContentType())
	answer, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer answer.Body.Close()
	require.Equal(t, http.StatusCreated, answer.StatusCode)
	var made struct {
		URL string `json:"url"`
	}
	require.NoError(t, json.NewDecoder(answer.Body).Decode(&made))
	return made.URL
}

func get(t *testing.T, address string) string {
	t.Helper()
	answer, err := http.Get(address)
	require.NoError(t, err, fmt.Sprint("GET ", address))
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, answer.StatusCode, string(body))
	return string(body)
}
