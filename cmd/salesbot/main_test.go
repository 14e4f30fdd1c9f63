package main

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// mainEnv makes the test binary the command itself.
const mainEnv = "SALESBOT_TEST_MAIN"

func TestMain(m *testing.M) {
	if os.Getenv(mainEnv) != "" {
		main()
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func command(t *testing.T, arguments ...string) *exec.Cmd {
	t.Helper()
	c := exec.CommandContext(t.Context(), os.Args[0], arguments...)
	c.Dir = t.TempDir()
	for _, setting := range os.Environ() {
		if !strings.HasPrefix(setting, "SALESBOT_") && !strings.HasPrefix(setting, "DATABASE_URL=") && !strings.HasPrefix(setting, "TEMPORAL_") {
			c.Env = append(c.Env, setting)
		}
	}
	c.Env = append(c.Env, mainEnv+"=1")
	return c
}

func TestTheBareCommandPrintsHelpAndStartsNothing(t *testing.T) {
	t.Parallel()
	c := command(t)
	output, err := c.Output()
	require.NoError(t, err, "help is no failure")
	require.Contains(t, string(output), "Usage: salesbot <command>")
	files, err := os.ReadDir(c.Dir)
	require.NoError(t, err)
	require.Empty(t, files)
}

func TestTheTerminalReadsLikeAPage(t *testing.T) {
	t.Parallel()
	c := command(t, "run", "--listen", "127.0.0.1:0")
	var trouble bytes.Buffer
	c.Stderr = &trouble
	output, err := c.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, c.Start())
	timeout := time.AfterFunc(2*time.Minute, func() { _ = c.Process.Kill() })
	defer timeout.Stop()
	page := map[string]string{}
	lines := bufio.NewScanner(output)
	for page["Sign in"] == "" && lines.Scan() {
		if name, value, ok := strings.Cut(strings.TrimSpace(lines.Text()), "  "); ok {
			page[name] = strings.TrimSpace(value)
		}
	}
	base := page["App"]
	require.Equal(t, "web app and API, conversations, an embedded Temporal", page["Runs"], trouble.String())
	require.Equal(t, filepath.Join(c.Dir, "data")+" (SQLite)", page["Data"])
	require.Equal(t, base+"/demo", page["Live chat"])
	require.Equal(t, base+"/temporal/", page["Temporal UI"])
	require.True(t, strings.HasPrefix(page["Sign in"], base+"/login?token="), page["Sign in"])

	for path, status := range map[string]int{"/readyz": 200, "/api/v4/leads": 401, "/temporal/": 401, "/nothing.txt": 0} {
		response := get(t, base+path)
		if status != 0 {
			require.Equal(t, status, response, path)
		}
	}
	require.NoError(t, c.Process.Signal(syscall.SIGTERM))
	_, _ = io.Copy(io.Discard, output)
	require.NoError(t, c.Wait())
	told := strings.Split(strings.TrimSpace(trouble.String()), "\n")
	for _, line := range told {
		require.True(t, line == "" || strings.Contains(line, "holds no web app"), line)
	}
}

func get(t *testing.T, address string) int {
	t.Helper()
	request, err := http.NewRequestWithContext(context.Background(), http.MethodGet, address, nil)
	require.NoError(t, err)
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	return response.StatusCode
}
