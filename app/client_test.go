package app_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"salesbot/app"
)

// program is an integration that speaks to the API with an administrator's token.
type program struct {
	t           *testing.T
	base, token string
}

func newProgram(t *testing.T, c app.Config, address string) *program {
	t.Helper()
	token, err := app.CreateToken(context.Background(), c, "test")
	require.NoError(t, err)
	return &program{t: t, base: "http://" + address, token: token}
}

// call expects success and reads the answer.
func (p *program) call(method, path string, body, answer any) {
	p.t.Helper()
	status, text := p.try(method, path, body)
	require.Less(p.t, status, http.StatusMultipleChoices, "%s %s: %s", method, path, text)
	if answer != nil {
		require.NoError(p.t, json.Unmarshal(text, answer), string(text))
	}
}

func (p *program) try(method, path string, body any) (int, []byte) {
	p.t.Helper()
	raw, ok := body.(string)
	if !ok && body != nil {
		encoded, err := json.Marshal(body)
		require.NoError(p.t, err)
		raw = string(encoded)
	}
	request, err := http.NewRequestWithContext(p.t.Context(), method, p.base+path, bytes.NewReader([]byte(raw)))
	require.NoError(p.t, err)
	request.Header.Set("Authorization", "Bearer "+p.token)
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	require.NoError(p.t, err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	require.NoError(p.t, err)
	return response.StatusCode, text
}

// bot makes and publishes a bot that the channel's first message launches.
func (p *program) bot(document string, channel int64) int64 {
	p.t.Helper()
	id := p.draft(document)
	p.publish(id, channel)
	return id
}

func (p *program) draft(document string) int64 {
	p.t.Helper()
	var made struct {
		ID int64 `json:"id"`
	}
	p.call(http.MethodPost, "/api/v4/bots", map[string]any{"name": "Test", "document": json.RawMessage(document)}, &made)
	return made.ID
}

func (p *program) publish(bot, channel int64) {
	p.t.Helper()
	p.call(http.MethodPost, path("/api/v4/bots/%d/publish", bot), nil, nil)
	if channel != 0 {
		p.call(http.MethodPost, path("/api/v4/bots/%d/triggers", bot), map[string]any{"kind": "talk_started", "channel_id": channel}, nil)
	}
}

// liveChat makes a live chat channel of its own.
func (p *program) liveChat() int64 {
	p.t.Helper()
	var pipelines struct {
		Embedded struct {
			Pipelines []struct {
				ID int64 `json:"id"`
			} `json:"pipelines"`
		} `json:"_embedded"`
	}
	p.call(http.MethodGet, "/api/v4/leads/pipelines", nil, &pipelines)
	var made struct {
		ID int64 `json:"id"`
	}
	p.call(http.MethodPost, "/api/v4/channels", map[string]any{"kind": "livechat", "name": "Test", "settings": map[string]any{}, "pipeline_id": pipelines.Embedded.Pipelines[0].ID}, &made)
	return made.ID
}

// onlyChat is the id of the one chat that there is.
func (p *program) onlyChat(query string) string {
	p.t.Helper()
	var chats struct {
		Embedded struct {
			Chats []struct {
				ID string `json:"id"`
			} `json:"chats"`
		} `json:"_embedded"`
	}
	p.call(http.MethodGet, "/api/v4/chats?"+query, nil, &chats)
	require.Len(p.t, chats.Embedded.Chats, 1)
	return chats.Embedded.Chats[0].ID
}

// run is a run as the API shows it.
type run struct {
	ID         int64  `json:"id"`
	LeadID     int64  `json:"lead_id"`
	Version    int    `json:"version"`
	Status     string `json:"status"`
	Step       string `json:"step"`
	Reason     string `json:"reason"`
	WorkflowID string `json:"workflow_id"`
	Embedded   struct {
		Visits []struct {
			Number int    `json:"number"`
			Step   string `json:"step"`
			Exit   string `json:"exit"`
			Got    []struct {
				Text string `json:"text"`
			} `json:"got"`
		} `json:"visits"`
	} `json:"_embedded"`
}

func (p *program) runs(query string) []run {
	p.t.Helper()
	var list struct {
		Embedded struct {
			Runs []run `json:"runs"`
		} `json:"_embedded"`
	}
	status, text := p.try(http.MethodGet, "/api/v4/runs?"+query, nil)
	if status == http.StatusNoContent {
		return nil
	}
	require.NoError(p.t, json.Unmarshal(text, &list), string(text))
	return list.Embedded.Runs
}

func (p *program) run(id int64) run {
	p.t.Helper()
	var r run
	p.call(http.MethodGet, path("/api/v4/runs/%d", id), nil, &r)
	return r
}
