package bench

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"
)

// visitor is one person at a live chat: it posts messages and hears the answers over the event stream.
type visitor struct {
	base, token string
	answers     chan struct{}
	stop        context.CancelFunc
}

var browser = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 2048, MaxConnsPerHost: 0}}

func newVisitor(ctx context.Context, target Target, channel int64) (talker, error) {
	v := &visitor{base: fmt.Sprintf("%s/live/%d", target.BaseURL, channel), answers: make(chan struct{}, 16)}
	var made struct {
		Token string `json:"token"`
	}
	if err := v.post(ctx, "/visitors", map[string]any{"page": map[string]string{"url": "http://localhost/bench", "title": "Bench"}}, &made); err != nil {
		return nil, err
	}
	v.token = made.Token
	stream, stop := context.WithCancel(context.WithoutCancel(ctx))
	v.stop = stop
	if err := v.listen(stream); err != nil {
		stop()
		return nil, err
	}
	return v, v.turn(ctx) // the first message launches the bot
}

// turn posts a message and waits for the bot's answer.
func (v *visitor) turn(ctx context.Context) error {
	if err := v.post(ctx, "/messages", map[string]string{"client_id": uuid.NewString(), "text": "hello"}, nil); err != nil {
		return err
	}
	select {
	case <-v.answers:
		return nil
	case <-time.After(30 * time.Second):
		return fmt.Errorf("the bot did not answer within 30 seconds")
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (v *visitor) close() { v.stop() }

func (v *visitor) post(ctx context.Context, path string, body, answer any) error {
	raw, err := json.Marshal(body)
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, v.base+path, bytes.NewReader(raw))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", "Bearer "+v.token)
	response, err := browser.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if response.StatusCode >= http.StatusMultipleChoices {
		return fmt.Errorf("POST %s: %s: %s", path, response.Status, text)
	}
	if answer == nil {
		return nil
	}
	return json.Unmarshal(text, answer)
}

func (v *visitor) listen(ctx context.Context) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, v.base+"/stream?after=0", nil)
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+v.token)
	response, err := browser.Do(request)
	if err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		defer response.Body.Close()
		return fmt.Errorf("open the stream: %s", response.Status)
	}
	go v.read(response.Body)
	return nil
}

// read tells of each of the bot's messages once; updates of a known one come under its old number.
func (v *visitor) read(body io.ReadCloser) {
	defer body.Close()
	var newest int64
	lines := bufio.NewScanner(body)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		data, ok := strings.CutPrefix(lines.Text(), "data: ")
		if !ok {
			continue
		}
		var m struct {
			Seq  int64  `json:"seq"`
			From string `json:"from"`
			Text string `json:"text"`
		}
		if json.Unmarshal([]byte(data), &m) != nil || m.From != "bot" || m.Text == "" || m.Seq <= newest {
			continue
		}
		newest = m.Seq
		v.answers <- struct{}{}
	}
}
