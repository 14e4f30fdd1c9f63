package app_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

// visitor is a client at the live chat who, like the widget, sends again what was not acknowledged and catches up by
// the last number when the stream breaks.
type visitor struct {
	base, token string
	// heard are the messages that came by the stream, by id.
	mu    sync.Mutex
	heard map[string]spoken
	news  chan struct{}
	last  int64
}

type spoken struct {
	Seq     int64  `json:"seq"`
	ID      string `json:"id"`
	From    string `json:"from"`
	Text    string `json:"text"`
	Buttons []struct {
		ID   string `json:"id"`
		Text string `json:"text"`
	} `json:"buttons"`
}

func newVisitor(ctx context.Context, t *testing.T, address func() string, channel int64) *visitor {
	t.Helper()
	v := &visitor{heard: map[string]spoken{}, news: make(chan struct{}, 1)}
	path := fmt.Sprintf("/live/%d", channel)
	var made struct {
		Token string `json:"token"`
	}
	require.NoError(t, v.call(ctx, address()+path+"/visitors", map[string]any{"page": map[string]string{"url": "http://localhost/"}}, &made))
	v.base, v.token = address()+path, made.Token
	go v.listen(ctx)
	return v
}

// say posts a message until it is acknowledged, always under the same id.
func (v *visitor) say(ctx context.Context, text string) error {
	return v.post(ctx, map[string]any{"client_id": uuid.NewString(), "text": text})
}

func (v *visitor) tap(ctx context.Context, button, text string) error {
	return v.post(ctx, map[string]any{"client_id": uuid.NewString(), "text": text, "button": button})
}

func (v *visitor) post(ctx context.Context, body map[string]any) error {
	retry := time.NewTicker(50 * time.Millisecond)
	defer retry.Stop()
	for {
		err := v.call(ctx, v.base+"/messages", body, nil)
		if err == nil {
			return nil
		}
		select {
		case <-retry.C:
		case <-ctx.Done():
			return fmt.Errorf("%w: %w", ctx.Err(), err)
		}
	}
}

func (v *visitor) call(ctx context.Context, url string, body, answer any) error {
	raw, err := json.Marshal(body)
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(raw))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	if v.token != "" {
		request.Header.Set("Authorization", "Bearer "+v.token)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode >= http.StatusMultipleChoices {
		return fmt.Errorf("%s: %s", url, response.Status)
	}
	if answer == nil {
		return nil
	}
	return json.NewDecoder(response.Body).Decode(answer)
}

// answerIn is how long a visitor waits for one answer. Many kills in a row may make a task wait for its time limit again and
// again; what has not come by then is lost.
const answerIn = 6 * time.Minute

// hear waits for a message of the bot's that was not heard before and reads as given.
func (v *visitor) hear(ctx context.Context, text string) (spoken, error) {
	ctx, cancel := context.WithTimeout(ctx, answerIn)
	defer cancel()
	for {
		v.mu.Lock()
		for _, m := range v.heard {
			if m.From == "bot" && strings.Contains(m.Text, text) {
				v.mu.Unlock()
				return m, nil
			}
		}
		v.mu.Unlock()
		select {
		case <-v.news:
		case <-ctx.Done():
			return spoken{}, fmt.Errorf("never heard %q: %w", text, ctx.Err())
		}
	}
}

// said are the bot's messages in their order.
func (v *visitor) said() map[string]int {
	v.mu.Lock()
	defer v.mu.Unlock()
	times := map[string]int{}
	for _, m := range v.heard {
		if m.From == "bot" {
			times[m.Text]++
		}
	}
	return times
}

func (v *visitor) listen(ctx context.Context) {
	retry := time.NewTicker(100 * time.Millisecond)
	defer retry.Stop()
	for ctx.Err() == nil {
		v.stream(ctx)
		select {
		case <-retry.C:
		case <-ctx.Done():
		}
	}
}

func (v *visitor) stream(ctx context.Context) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, fmt.Sprintf("%s/stream?after=%d", v.base, v.last), nil)
	if err != nil {
		return
	}
	request.Header.Set("Authorization", "Bearer "+v.token)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return
	}
	lines := bufio.NewScanner(response.Body)
	for lines.Scan() {
		if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
			v.take(data)
		}
	}
}

func (v *visitor) take(data string) {
	var m spoken
	if json.Unmarshal([]byte(data), &m) != nil || m.ID == "" {
		return
	}
	v.mu.Lock()
	v.heard[m.ID] = m
	v.last = max(v.last, m.Seq)
	v.mu.Unlock()
	select {
	case v.news <- struct{}{}:
	default:
	}
}
