package api_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"salesbot/api"
	"salesbot/channels/livechat"
	"salesbot/crm"
	"salesbot/db"
	"salesbot/db/dbtest"
)

// liveWorld is a server with one live chat.
type liveWorld struct {
	*world
	channel crm.Channel
}

var widget = fstest.MapFS{
	"loader.js":          {Data: []byte(`(function(s){use(s)})("__SALESBOT_SETTINGS__");`)},
	"panel.html":         {Data: []byte(`<script type="module" src="/live/assets/panel-1.js"></script>`)},
	"demo.html":          {Data: []byte(`<script async src="/live/{{channel}}/loader.js"></script>`)},
	"assets/panel-1.js":  {Data: []byte(`import "x"`)},
	"assets/panel-1.css": {Data: []byte(`body{}`)},
}

func eachLive(t *testing.T, settings string, limits api.LiveLimits, test func(w *liveWorld)) {
	t.Helper()
	dbtest.EachDB(t, func(t *testing.T, store *db.Store) { test(newLiveWorld(t, store, settings, limits)) })
}

func newLiveWorld(t *testing.T, store *db.Store, settings string, limits api.LiveLimits) *liveWorld {
	t.Helper()
	return newLiveWorldWith(t, store, settings, api.Deps{Widget: widget, Live: limits})
}

func newLiveWorldWith(t *testing.T, store *db.Store, settings string, deps api.Deps) *liveWorld {
	t.Helper()
	w := &liveWorld{world: newWorld(t, store, deps)}
	if settings == "" {
		settings = `{}`
	}
	require.NoError(t, livechat.Channel{}.Validate([]byte(settings), nil))
	require.NoError(t, store.Change(t.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		w.channel, err = tx.CreateChannel(ctx, crm.Actor{Kind: crm.BySystem}, crm.Channel{Kind: livechat.Kind, Name: "Shop", Settings: json.RawMessage(settings), IsActive: true}, nil)
		return err
	}))
	return w
}

func (w *liveWorld) path(rest string) string { return fmt.Sprintf("/live/%d/%s", w.channel.ID, rest) }

// agentSays writes a person's message into a chat.
func (w *liveWorld) agentSays(chatID, text string) crm.Message {
	w.t.Helper()
	var m crm.Message
	require.NoError(w.t, w.store.Change(w.t.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		m, err = tx.WriteAsManager(ctx, crm.Actor{Kind: crm.ByUser, ID: w.adminID}, db.ManagerMessage{ChatID: chatID, Text: text}, func(string) bool { return true })
		return err
	}))
	return m
}

// visitor is a strict client of the live chat: it checks the shape of everything it gets.
type visitor struct {
	w         *liveWorld
	id, token string
}

// shown is a message as the protocol describes it; an unknown or a missing field fails the test.
type shown struct {
	Seq         int64                  `json:"seq"`
	ID          string                 `json:"id"`
	ClientID    *string                `json:"client_id"`
	From        string                 `json:"from"`
	Author      *struct{ Name string } `json:"author"`
	Text        string                 `json:"text"`
	Buttons     []crm.Button           `json:"buttons"`
	Spent       bool                   `json:"spent"`
	Chosen      string                 `json:"chosen"`
	Attachments []shownFile            `json:"attachments"`
	CreatedAtMS int64                  `json:"created_at_ms"`
	Status      string                 `json:"status"`
}

type shownFile struct {
	ID, Type, Name, URL, MIME string
	Size                      int64
}

type shownPage struct {
	Messages []shown `json:"messages"`
	HasMore  bool    `json:"has_more"`
	ReadSeq  int64   `json:"read_seq"`
}

func strictly(t testing.TB, body []byte, into any) {
	t.Helper()
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.DisallowUnknownFields()
	require.NoError(t, decoder.Decode(into), string(body))
}

func (w *liveWorld) visit(body string) *visitor {
	w.t.Helper()
	r := w.send("POST", w.path("visitors"), body, jsonHeader(""))
	require.Equal(w.t, 200, r.StatusCode, string(r.body))
	var answer struct {
		VisitorID string `json:"visitor_id"`
		Token     string `json:"token"`
	}
	strictly(w.t, r.body, &answer)
	require.NoError(w.t, uuid.Validate(answer.VisitorID))
	return &visitor{w: w, id: answer.VisitorID, token: answer.Token}
}

const somePage = `{"page":{"url":"https://shop.example/","title":"Shop","referrer":""}}`

func jsonHeader(token string) map[string]string {
	header := map[string]string{"Content-Type": "application/json"}
	if token != "" {
		header["Authorization"] = "Bearer " + token
	}
	return header
}

func (v *visitor) call(method, rest, body string) reply {
	v.w.t.Helper()
	return v.w.send(method, v.w.path(rest), body, jsonHeader(v.token))
}

func (v *visitor) say(text string) shown {
	v.w.t.Helper()
	return v.post(fmt.Sprintf(`{"client_id":%q,"text":%q}`, uuid.NewString(), text))
}

func (v *visitor) post(body string) shown {
	v.w.t.Helper()
	r := v.call("POST", "messages", body)
	require.Equal(v.w.t, 200, r.StatusCode, string(r.body))
	var m shown
	strictly(v.w.t, r.body, &m)
	require.NotNil(v.w.t, m.Buttons)
	require.NotNil(v.w.t, m.Attachments)
	return m
}

func (v *visitor) messages(query string) shownPage {
	v.w.t.Helper()
	r := v.call("GET", "messages"+query, "")
	require.Equal(v.w.t, 200, r.StatusCode, string(r.body))
	var page shownPage
	strictly(v.w.t, r.body, &page)
	require.NotNil(v.w.t, page.Messages)
	return page
}

func (v *visitor) chat() crm.Chat {
	v.w.t.Helper()
	chat, err := v.w.store.VisitorChat(v.w.t.Context(), v.w.channel.ID, v.id)
	require.NoError(v.w.t, err)
	require.NotNil(v.w.t, chat)
	return *chat
}

func (v *visitor) upload(name, contentType, content string) reply {
	v.w.t.Helper()
	return v.uploadFrom("", name, contentType, content)
}

// uploadFrom is upload through a proxy that says from which address it comes.
func (v *visitor) uploadFrom(address, name, contentType, content string) reply {
	v.w.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreatePart(map[string][]string{"Content-Disposition": {fmt.Sprintf(`form-data; name="file"; filename=%q`, name)}, "Content-Type": {contentType}})
	require.NoError(v.w.t, err)
	_, _ = io.WriteString(part, content)
	require.NoError(v.w.t, form.Close())
	header := map[string]string{"Authorization": "Bearer " + v.token, "Content-Type": form.FormDataContentType()}
	if address != "" {
		header["X-Forwarded-For"] = address
	}
	return v.w.send("POST", v.w.path("files"), body.String(), header)
}

// event is one server-sent event.
type event struct{ id, kind, data string }

// stream is an open event stream.
type stream struct {
	t      testing.TB
	events chan event
	close  func()
}

func (v *visitor) listen(query string, header map[string]string) *stream {
	v.w.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, v.w.server.URL+v.w.path("stream")+query, nil)
	require.NoError(v.w.t, err)
	request.Header.Set("Authorization", "Bearer "+v.token)
	for name, value := range header {
		request.Header.Set(name, value)
	}
	response, err := http.DefaultClient.Do(request)
	require.NoError(v.w.t, err)
	require.Equal(v.w.t, 200, response.StatusCode)
	require.Equal(v.w.t, "text/event-stream", response.Header.Get("Content-Type"))
	s := &stream{t: v.w.t, events: make(chan event, 1000), close: cancel}
	v.w.t.Cleanup(cancel)
	go s.read(response.Body)
	return s
}

func (s *stream) read(body io.ReadCloser) {
	defer body.Close()
	defer close(s.events)
	var e event
	lines := bufio.NewScanner(body)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		name, value, _ := strings.Cut(lines.Text(), ": ")
		switch name {
		case "id":
			e.id = value
		case "event":
			e.kind = value
		case "data":
			e.data = value
		case "":
			if e.kind != "" {
				s.events <- e
			}
			e = event{}
		}
	}
}

// next waits for an event of that kind; others in between fail the test.
func (s *stream) next(kind string) event {
	s.t.Helper()
	select {
	case e, ok := <-s.events:
		require.True(s.t, ok, "the stream has ended")
		require.Equal(s.t, kind, e.kind, e.data)
		return e
	case <-time.After(10 * time.Second):
		require.FailNow(s.t, "no event came")
		return event{}
	}
}

func (s *stream) message() shown {
	s.t.Helper()
	e := s.next("message")
	var m shown
	strictly(s.t, []byte(e.data), &m)
	require.Equal(s.t, fmt.Sprint(m.Seq), e.id)
	return m
}
