//go:build !noembed

package app_test

import (
	"bytes"

	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/proxy"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
	"google.golang.org/protobuf/proto"

	"salesbot/app"
	"salesbot/embedded"
	"salesbot/workflows"
)

// hush looks different as it is, in an address and in JSON.
const hush = `s3cr3t/"k&y"+12345`

// forms are the ways in which hush may be written.
func forms(t *testing.T) [][]byte {
	t.Helper()
	quoted, err := json.Marshal(hush)
	require.NoError(t, err)
	return [][]byte{[]byte(hush), []byte(url.QueryEscape(hush)), []byte(url.PathEscape(hush)), quoted[1 : len(quoted)-1]}
}

// talkative is a service that tells everything that it was sent, first in a failure and then in an answer.
func talkative(t *testing.T) (address string, asked *atomic.Int32) {
	t.Helper()
	asked = new(atomic.Int32)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		var sent map[string]string
		if json.Unmarshal(body, &sent) != nil || sent["key"] != hush || r.URL.Query().Get("k") != hush || r.Header.Get("X-Key") != "Key "+hush {
			t.Errorf("the service got %s %q %s", r.URL, r.Header.Get("X-Key"), body)
		}
		if asked.Add(1) == 1 {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
		_ = json.NewEncoder(w).Encode(map[string]string{"url": r.URL.String(), "key": r.Header.Get("X-Key"), "body": string(body)})
	}))
	t.Cleanup(server.Close)
	return server.URL, asked
}

// A secret's value stands nowhere but in the request: not in Temporal's history, not in what the API tells, not in the
// logs, not in any file of the installation. The test owns standard error, so it runs alone.
func TestASecretStandsNowhereButInTheRequest(t *testing.T) {
	said, err := os.Create(filepath.Join(t.TempDir(), "stderr"))
	require.NoError(t, err)
	old := os.Stderr
	os.Stderr = said
	t.Cleanup(func() { os.Stderr = old; slog.SetDefault(slog.New(slog.NewTextHandler(old, nil))); _ = said.Close() })

	c := config(t)
	c.AllowPrivate, c.LogLevel = []string{"127.0.0.0/8"}, slog.LevelDebug
	temporal := ownTemporal(t)
	c.TemporalAddress = temporal.Address()
	a := start(t, c, app.Everything)
	p := newProgram(t, c, a.Address())
	shop, asked := talkative(t)

	p.call(http.MethodPut, "/api/v4/secrets/shop_key", map[string]any{"value": hush}, nil)
	ctx, channel := patience(t), p.liveChat()
	id := p.bot(fmt.Sprintf(`{"schema":1,"name":"Keyed","start":"call","steps":[
	  {"id":"call","kind":"send_webhook","config":{"url":"%s/?k={{secret.shop_key}}","method":"POST","headers":{"X-Key":"Key {{secret.shop_key}}"},
	    "body":{"key":"{{secret.shop_key}}","text":"{{message_text}}"}},"exits":{"next":"tell","failed":"tell"}},
	  {"id":"tell","kind":"message","config":{"text":"told: {{json.url}} {{json.key}} {{json.body}}."}}]}`, shop), channel)
	v := p.visitor(ctx, channel)
	require.NoError(t, v.say(ctx, "{{secret.shop_key}}"))
	heard, err := v.hear(ctx, "told: ")
	require.NoError(t, err)
	require.Contains(t, heard.Text, "[secret shop_key]", "the service did tell it")
	require.EqualValues(t, 2, asked.Load(), "an attempt failed, another one did not")

	places := map[string][]byte{"the message": []byte(heard.Text)}
	run := p.runs(path("filter[bot_id]=%d", id))[0]
	for _, address := range []string{path("/api/v4/runs/%d", run.ID), "/api/v4/runs", path("/api/v4/bots/%d?with=document", id), path("/api/v4/bots/%d/versions", id),
		path("/api/v4/bots/%d/versions/1", id), "/api/v4/events?limit=250", "/api/v4/secrets", "/api/v4/chats", path("/api/v4/leads/%d", run.LeadID)} {
		status, text := p.try(http.MethodGet, address, nil)
		require.Equal(t, http.StatusOK, status, "%s: %s", address, text)
		places[address] = text
	}
	for name, history := range histories(t, temporal) {
		places[name] = history
	}
	require.Contains(t, string(places["workflow "+run.WorkflowID]), "{{secret.shop_key}}", "the request is in the history")
	for place, content := range files(t, c.Data, said.Name()) {
		places[place] = content
	}
	require.Contains(t, string(places[said.Name()]), "/api/v4/secrets", "the log tells of requests")
	for place, content := range places {
		for _, form := range forms(t) {
			require.False(t, bytes.Contains(content, form), "%s holds the secret as %s", place, form)
		}
	}
}

// ownTemporal is a real server, apart from the product so that the test can read it.
func ownTemporal(t *testing.T) *embedded.Server {
	t.Helper()
	server, err := embedded.Start(t.Context(), embedded.Options{DataDir: t.TempDir(), Namespace: "default", Retention: 24 * time.Hour,
		SearchAttributes: workflows.SearchAttributes(), Logger: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	t.Cleanup(func() { _ = server.Stop() })
	return server
}

// histories are all that the server keeps of each workflow, with its payloads as they were before they were compressed.
func histories(t *testing.T, server *embedded.Server) map[string][]byte {
	t.Helper()
	c, err := client.Dial(client.Options{HostPort: server.Address(), Namespace: "default", Logger: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	defer c.Close()
	list, err := c.ListWorkflow(t.Context(), &workflowservice.ListWorkflowExecutionsRequest{Namespace: "default"})
	require.NoError(t, err)
	all := map[string][]byte{}
	for _, execution := range list.Executions {
		name := "workflow " + execution.Execution.WorkflowId
		events := c.GetWorkflowHistory(t.Context(), execution.Execution.WorkflowId, execution.Execution.RunId, false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
		for events.HasNext() {
			event, err := events.Next()
			require.NoError(t, err)
			all[name] = append(all[name], legible(t, event)...)
		}
	}
	return all
}

func legible(t *testing.T, event proto.Message) []byte {
	t.Helper()
	raw, err := proto.Marshal(event)
	require.NoError(t, err)
	unpack := converter.NewZlibCodec(converter.ZlibCodecOptions{})
	err = proxy.VisitPayloads(t.Context(), event, proxy.VisitPayloadsOptions{Visitor: func(_ *proxy.VisitPayloadsContext, payloads []*commonpb.Payload) ([]*commonpb.Payload, error) {
		plain, err := unpack.Decode(payloads)
		for _, payload := range plain {
			raw = append(append(raw, '\n'), payload.Data...)
		}
		return payloads, err
	}})
	require.NoError(t, err)
	return raw
}

// files are the contents of all files below the folder, and of another one.
func files(t *testing.T, folder, more string) map[string][]byte {
	t.Helper()
	all := map[string][]byte{}
	paths := []string{more}
	require.NoError(t, filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.Type().IsRegular() {
			paths = append(paths, path)
		}
		return err
	}))
	for _, path := range paths {
		content, err := os.ReadFile(path)
		require.NoError(t, err)
		all[path] = content
	}
	return all
}
