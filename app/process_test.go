package app_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"salesbot/app"
)

// serveEnv makes the test binary serve instead of testing: so that a test can kill a real process of this very build.
const serveEnv = "SALESBOT_TEST_SERVE"

func TestMain(m *testing.M) {
	if text := os.Getenv(serveEnv); text != "" {
		if err := serve(text); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func serve(text string) error {
	var c app.Config
	if err := json.Unmarshal([]byte(text), &c); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	go func() { // ends when the test does, however it ends
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(1)
	}()
	a, err := app.New(ctx, c, app.Everything)
	if err != nil {
		return err
	}
	if err := a.Welcome(ctx, os.Stdout); err != nil {
		return err
	}
	fmt.Println("listening on " + a.Address())
	if err := a.Run(ctx); err != nil {
		return err
	}
	return a.Close()
}

// process is the product in a process of its own.
type process struct {
	t      *testing.T
	config app.Config
	cmd    *exec.Cmd
	ended  chan struct{}
	// Address is where it serves; it stays the same when the process is started again.
	Address string
	// startTook are the times from the program's start until it served.
	startTook []time.Duration
}

// startProcess starts the product and returns when it serves.
func startProcess(t *testing.T, c app.Config) *process {
	t.Helper()
	p := &process{t: t, config: c}
	p.start()
	t.Cleanup(p.kill)
	return p
}

func (p *process) start() {
	p.t.Helper()
	began := time.Now()
	text, err := json.Marshal(p.config)
	require.NoError(p.t, err)
	p.cmd = exec.Command(os.Args[0], "-test.run=^$")
	p.cmd.Env = append(os.Environ(), serveEnv+"="+string(text))
	p.cmd.Stderr = os.Stderr
	_, err = p.cmd.StdinPipe() // stays open as long as this process lives
	require.NoError(p.t, err)
	output, err := p.cmd.StdoutPipe()
	require.NoError(p.t, err)
	require.NoError(p.t, p.cmd.Start())
	ready, ended, cmd := make(chan string, 1), make(chan struct{}), p.cmd
	p.ended = ended
	go func() {
		lines := bufio.NewScanner(output)
		for lines.Scan() {
			if address, ok := strings.CutPrefix(lines.Text(), "listening on "); ok {
				ready <- address
			}
		}
		close(ready)
		_ = cmd.Wait()
		close(ended)
	}()
	select {
	case address, ok := <-ready:
		require.True(p.t, ok, "the process ended before it served")
		p.Address, p.config.Listen = address, address
		p.startTook = append(p.startTook, time.Since(began))
	case <-time.After(2 * time.Minute):
		require.Fail(p.t, "the process does not come up")
	}
}

// kill ends the process as a power cut for it would: no signal handler runs.
func (p *process) kill() {
	_ = p.cmd.Process.Kill()
	<-p.ended
}

// restart is what a supervisor does when the program ends.
func (p *process) restart() {
	p.t.Helper()
	p.kill()
	p.start()
}

// recover waits until the program serves again after something beside it was away; one that gave up is started again.
func (p *process) recover() {
	p.t.Helper()
	every := time.NewTicker(50 * time.Millisecond)
	defer every.Stop()
	deadline := time.After(2 * time.Minute)
	for {
		select {
		case <-p.ended:
			p.start()
		case <-deadline:
			require.Fail(p.t, "the process is not ready again")
		case <-every.C:
		}
		if response, err := http.Get("http://" + p.Address + "/readyz"); err == nil {
			_ = response.Body.Close()
			if response.StatusCode == http.StatusOK {
				return
			}
		}
	}
}
