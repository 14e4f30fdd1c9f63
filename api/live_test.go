package api_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"salesbot/api"
	"salesbot/crm"
	"salesbot/db"
	"salesbot/db/dbtest"
)

// fast lets a test write as fast as it can.
var fast = api.LiveLimits{Address: api.Rate{PerSecond: 1e6, Burst: 1e6}, NewVisitors: api.Rate{PerSecond: 1e6, Burst: 1e6},
	Visitor: api.Rate{PerSecond: 1e6, Burst: 1e6}, Messages: api.Rate{PerSecond: 1e6, Burst: 1e6}, Files: api.Rate{PerSecond: 1e6, Burst: 1e6}}

func TestLiveDialogue(t *testing.T) {
	t.Parallel()
	eachLive(t, `{"title":"Harbour"}`, fast, func(w *liveWorld) {
		ann := w.visit(`{"name":"Ann","email":"ann@example.org","page":{"url":"https://shop.example/a"}}`)
		require.Empty(w.t, ann.messages("").Messages)
		events := ann.listen("?after=0", nil)

		first := ann.say("Hi")
		require.Equal(w.t, "visitor", first.From)
		require.Nil(w.t, first.Author)
		require.Equal(w.t, "sent", first.Status)
		require.Equal(w.t, first, events.message(), "a stream from before the chat hears of it")
		contact, err := w.store.Contact(w.t.Context(), ann.chat().ContactID)
		require.NoError(w.t, err)
		require.Equal(w.t, "Ann", contact.Name)

		w.agentSays(ann.chat().ID, "Hello Ann")
		answer := events.message()
		require.Equal(w.t, "agent", answer.From)
		require.Equal(w.t, "Ada", answer.Author.Name)
		require.Nil(w.t, answer.ClientID)

		require.Equal(w.t, 204, ann.call("POST", "read", fmt.Sprintf(`{"seq":%d}`, answer.Seq)).StatusCode)
		require.Equal(w.t, answer.Seq, ann.chat().ClientReadSeq)
		require.Equal(w.t, 204, ann.call("POST", "read", `{"seq":999999}`).StatusCode)
		require.Equal(w.t, answer.Seq, ann.chat().ClientReadSeq, "what is not there can't have been read")

		require.NoError(w.t, w.store.Change(w.t.Context(), func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.TeamRead(ctx, crm.Actor{Kind: crm.ByUser, ID: w.adminID}, ann.chat().ID, 0)
			return err
		}))
		require.JSONEq(w.t, fmt.Sprintf(`{"seq":%d}`, answer.Seq), events.next("read").data)
		page := ann.messages("")
		require.Equal(w.t, answer.Seq, page.ReadSeq)
		require.Equal(w.t, []string{"read", "read"}, []string{page.Messages[0].Status, page.Messages[1].Status})
	})
}

func TestLiveTypingGoesBothWays(t *testing.T) {
	t.Parallel()
	eachLive(t, `{"title":"Harbour"}`, api.LiveLimits{}, func(w *liveWorld) {
		ann := w.visit(somePage)
		require.Equal(w.t, 204, ann.call("POST", "typing", "").StatusCode, "before there is a chat it is nothing")
		ann.say("Hi")
		events := ann.listen("", nil)
		for _, actor := range []crm.Actor{{Kind: crm.ByUser, ID: w.adminID}, {Kind: crm.ByBot, ID: 1}} {
			require.NoError(w.t, w.store.Change(w.t.Context(), func(ctx context.Context, tx *db.Tx) error { return tx.Typing(ctx, actor, ann.chat()) }))
			var typing struct {
				From    string `json:"from"`
				Name    string `json:"name"`
				UntilMS int64  `json:"until_ms"`
			}
			strictly(w.t, []byte(events.next("typing").data), &typing)
			want := map[crm.ActorKind][2]string{crm.ByUser: {"agent", "Ada"}, crm.ByBot: {"bot", "Harbour"}}[actor.Kind]
			require.Equal(w.t, want, [2]string{typing.From, typing.Name})
			require.Greater(w.t, typing.UntilMS, w.store.Now().UnixMilli())
		}
		other := w.visit(somePage)
		other.say("Hi")
		for range 3 {
			require.Equal(w.t, 204, other.call("POST", "typing", "").StatusCode)
		}
		var n int
		require.NoError(w.t, w.store.Change(w.t.Context(), func(ctx context.Context, tx *db.Tx) error {
			return tx.NewSelect().Table("events").ColumnExpr("count(*)").Where("type = ?", crm.ClientTyping).Where("chat_id = ?", other.chat().ID).Scan(ctx, &n)
		}))
		require.Equal(w.t, 1, n, "what comes too often is left out")
	})
}

func TestLiveResendsAreOneMessage(t *testing.T) {
	t.Parallel()
	eachLive(t, "", fast, func(w *liveWorld) {
		ann := w.visit(somePage)
		body := fmt.Sprintf(`{"client_id":%q,"text":"Once"}`, uuid.NewString())
		var group sync.WaitGroup
		answers := make([]string, 50)
		for i := range answers {
			group.Go(func() { answers[i] = ann.post(body).ID })
		}
		group.Wait()
		for _, id := range answers {
			require.Equal(w.t, answers[0], id)
		}
		require.Len(w.t, ann.messages("").Messages, 1)
	})
}

// The stream is cut again and again while messages come; each connection resumes where the last one ended.
func TestLiveStreamsLoseAndDoubleNothing(t *testing.T) {
	t.Parallel()
	eachLive(t, "", fast, func(w *liveWorld) {
		const all = 150
		ann := w.visit(somePage)
		done := make(chan struct{})
		go func() {
			defer close(done)
			for i := range all {
				ann.post(fmt.Sprintf(`{"client_id":%q,"text":"%d"}`, uuid.NewString(), i))
			}
		}()
		var got []string
		last := "0"
		for len(got) < all {
			events := ann.listen("", map[string]string{"Last-Event-ID": last})
			for range min(7, all-len(got)) {
				m := events.message()
				got, last = append(got, m.Text), fmt.Sprint(m.Seq)
			}
			events.close()
		}
		<-done
		for i, text := range got {
			require.Equal(w.t, fmt.Sprint(i), text)
		}
	})
}

func TestLiveChangedMessagesComeAgain(t *testing.T) {
	t.Parallel()
	eachLive(t, "", fast, func(w *liveWorld) {
		ann := w.visit(somePage)
		ann.say("Hi")
		events := ann.listen("?token="+ann.token, map[string]string{"Authorization": ""})
		_, err := w.store.Accept(w.t.Context(), w.channel, true, crm.Inbound{Kind: crm.InMessage, ChatID: ann.id, ClientID: "c", MessageID: "m1", Text: "Colou"})
		require.NoError(w.t, err)
		require.Equal(w.t, "Colou", events.message().Text)
		_, err = w.store.Accept(w.t.Context(), w.channel, true, crm.Inbound{Kind: crm.InEdit, ChatID: ann.id, MessageID: "m1", Text: "Colour"})
		require.NoError(w.t, err)
		again := events.next("message")
		require.Empty(w.t, again.id, "the place to resume from does not go back")
		require.Contains(w.t, again.data, `"text":"Colour"`)
	})
}

func TestLivePages(t *testing.T) {
	t.Parallel()
	eachLive(t, "", fast, func(w *liveWorld) {
		ann := w.visit(somePage)
		var seqs []int64
		for i := range 7 {
			seqs = append(seqs, ann.say(fmt.Sprint(i)).Seq)
		}
		for _, test := range []struct {
			query string
			want  string
			more  bool
		}{
			{"?limit=3", "456", true},
			{fmt.Sprintf("?limit=3&before=%d", seqs[4]), "123", true},
			{fmt.Sprintf("?limit=3&before=%d", seqs[3]), "012", false},
			{fmt.Sprintf("?limit=3&after=%d", seqs[1]), "234", true},
			{fmt.Sprintf("?limit=3&after=%d", seqs[3]), "456", false},
			{fmt.Sprintf("?after=%d", seqs[6]), "", false},
			{"", "0123456", false},
		} {
			page := ann.messages(test.query)
			var texts strings.Builder
			for _, m := range page.Messages {
				texts.WriteString(m.Text)
			}
			require.Equal(w.t, test.want, texts.String(), test.query)
			require.Equal(w.t, test.more, page.HasMore, test.query)
		}
	})
}

func TestLiveVisitors(t *testing.T) {
	t.Parallel()
	eachLive(t, "", fast, func(w *liveWorld) {
		ann := w.visit(`{"page":{"url":"https://shop.example/"}}`)
		again := w.visit(fmt.Sprintf(`{"token":%q,"name":"Ann","email":"no address","page":{"url":"https://shop.example/b"}}`, ann.token))
		require.Equal(w.t, ann.id, again.id)
		require.NotEqual(w.t, ann.token, again.token, "before the first message the news travel in the token")
		again.say("Hi")
		require.Equal(w.t, crm.Profile{Name: "Ann", PageURL: "https://shop.example/b"}, again.chat().Profile)

		later := w.visit(fmt.Sprintf(`{"token":%q,"name":"Ann Lee","phone":"+15550100","page":{"url":"https://shop.example/c"}}`, again.token))
		require.Equal(w.t, again.token, later.token)
		require.Equal(w.t, crm.Profile{Name: "Ann Lee", Phone: "+15550100", PageURL: "https://shop.example/c"}, later.chat().Profile)
		contact, err := w.store.Contact(w.t.Context(), later.chat().ContactID)
		require.NoError(w.t, err)
		require.Equal(w.t, "Ann Lee", contact.Name)

		stranger := w.visit(`{"token":"v1.forged.token","page":{"url":""}}`)
		require.NotEqual(w.t, ann.id, stranger.id)
		require.Empty(w.t, stranger.messages("").Messages)
	})
}

func TestLiveRefusals(t *testing.T) {
	t.Parallel()
	eachLive(t, "", fast, func(w *liveWorld) {
		ann := w.visit(somePage)
		id := uuid.NewString()
		for _, c := range []struct {
			name, method, path, body string
			status                   int
			code, field              string
		}{
			{"malformed", "POST", "messages", `{"client_id":`, 422, "unprocessable", "body"},
			{"wrong type", "POST", "messages", `{"client_id":5}`, 422, "unprocessable", "client_id"},
			{"unknown field", "POST", "messages", `{"clientId":"x"}`, 422, "unprocessable", "clientId"},
			{"no client id", "POST", "messages", `{"text":"Hi"}`, 422, "unprocessable", "client_id"},
			{"nothing said", "POST", "messages", fmt.Sprintf(`{"client_id":%q,"text":"  "}`, id), 422, "unprocessable", "text"},
			{"too long", "POST", "messages", fmt.Sprintf(`{"client_id":%q,"text":%q}`, id, strings.Repeat("é", 4097)), 422, "unprocessable", "text"},
			{"3 MB", "POST", "messages", fmt.Sprintf(`{"client_id":%q,"text":%q}`, id, strings.Repeat("x", 3<<20)), 413, "too_large", ""},
			{"a long button", "POST", "messages", fmt.Sprintf(`{"client_id":%q,"button":%q}`, id, strings.Repeat("x", 65)), 422, "unprocessable", "button"},
			{"no such file", "POST", "messages", fmt.Sprintf(`{"client_id":%q,"attachments":["x"]}`, id), 422, "unprocessable", "attachments.0"},
			{"limit", "GET", "messages?limit=101", "", 422, "unprocessable", "limit"},
			{"after and before", "GET", "messages?after=1&before=2", "", 422, "unprocessable", "before"},
			{"no number", "GET", "messages?after=x", "", 422, "unprocessable", "after"},
			{"a bad place", "GET", "stream?after=x", "", 422, "unprocessable", "after"},
			{"read nothing", "POST", "read", `{}`, 422, "unprocessable", "seq"},
			{"a bad event", "POST", "video", `{"message_id":"m","event":"paused"}`, 422, "unprocessable", "event"},
			{"no message", "POST", "video", `{"event":"opened"}`, 422, "unprocessable", "message_id"},
			{"no form", "POST", "files", `{}`, 422, "unprocessable", "file"},
			{"no such path", "GET", "nothing", "", 404, "not_found", ""},
		} {
			r := ann.call(c.method, c.path, c.body)
			require.Equal(w.t, c.status, r.StatusCode, c.name)
			r.refused(c.status, c.code, c.field)
		}
		require.Empty(w.t, ann.messages("").Messages, "what was refused changes nothing")
		for _, header := range []string{"", "Bearer x", "Basic " + ann.token, "Bearer " + w.admin} {
			w.send("GET", w.path("messages"), "", map[string]string{"Authorization": header}).refused(401, "unauthorized", "")
		}
		w.send("GET", "/live/999/settings", "", nil).refused(404, "not_found", "")
		w.send("GET", "/live/shop/settings", "", nil).refused(404, "not_found", "")
	})
}

func TestLiveVideo(t *testing.T) {
	t.Parallel()
	eachLive(t, "", fast, func(w *liveWorld) {
		ann, bob := w.visit(somePage), w.visit(somePage)
		own := ann.say("Hi")
		bob.say("Hi")
		m := w.agentSays(ann.chat().ID, "Look at this")
		for _, kind := range []string{"opened", "closed"} {
			body := fmt.Sprintf(`{"message_id":%q,"event":%q}`, m.ID, kind)
			require.Equal(w.t, 204, ann.call("POST", "video", body).StatusCode)
			bob.call("POST", "video", body).refused(404, "not_found", "")
		}
		ann.call("POST", "video", fmt.Sprintf(`{"message_id":%q,"event":"opened"}`, own.ID)).refused(404, "not_found", "")
		var kinds []string
		require.NoError(w.t, w.store.Change(w.t.Context(), func(ctx context.Context, tx *db.Tx) error {
			kinds = nil
			return tx.NewSelect().Table("events").Column("type").Where("type IN (?, ?)", crm.VideoOpened, crm.VideoClosed).Order("id").Scan(ctx, &kinds)
		}))
		require.Equal(w.t, []string{"video_opened", "video_closed"}, kinds)
	})
}

func TestLiveNewsOfAnotherProcessArrive(t *testing.T) {
	t.Parallel()
	url := dbtest.PostgresURL(t)
	here := newLiveWorld(t, dbtest.Open(t, url), "", fast)
	there := dbtest.Open(t, url)
	ann := here.visit(somePage)
	events := ann.listen("?after=0", nil)
	accepted, err := there.Accept(t.Context(), here.channel, true, crm.Inbound{Kind: crm.InMessage, ChatID: ann.id, ClientID: "1", Text: "From there"})
	require.NoError(t, err)
	require.Equal(t, "From there", events.message().Text)
	require.NoError(t, there.Change(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		return tx.Typing(ctx, crm.Actor{Kind: crm.ByUser, ID: here.adminID}, accepted.Chat)
	}))
	events.next("typing")
}

func TestLiveStreamsEndWithTheServer(t *testing.T) {
	t.Parallel()
	store := dbtest.Open(t, dbtest.SQLiteURL(t))
	w := newLiveWorld(t, store, "", fast)
	ann := w.visit(somePage)
	second := api.New(api.Deps{Store: store, Log: slog.New(slog.DiscardHandler)})
	w.server = httptest.NewServer(second.Handler())
	t.Cleanup(w.server.Close)
	events := ann.listen("", nil)
	second.Close()
	_, open := <-events.events
	require.False(t, open)
}

func TestLiveMakesNoLeadsIfToldSo(t *testing.T) {
	t.Parallel()
	for settings, want := range map[string]bool{`{}`: true, `{"makes_leads":false}`: false} {
		eachLive(t, settings, fast, func(w *liveWorld) {
			require.NoError(w.t, w.store.Change(w.t.Context(), func(ctx context.Context, tx *db.Tx) error {
				pipeline, err := tx.CreatePipeline(ctx, crm.Actor{Kind: crm.BySystem}, crm.Pipeline{Name: "Sales", IsUnsortedOn: true}, nil)
				if err != nil {
					return err
				}
				_, err = tx.UpdateChannel(ctx, crm.Actor{Kind: crm.BySystem}, w.channel.ID, db.ChannelEdit{PipelineID: &pipeline.ID})
				return err
			}))
			ann := w.visit(somePage)
			ann.say("Hi")
			require.Equal(w.t, want, ann.chat().LeadID != 0)
		})
	}
}
