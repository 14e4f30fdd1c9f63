package app_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"salesbot/app"
	"salesbot/channels/telegram/telegramtest"
)

// One product serves the proofs of this file; each has a live chat and bots of its own.
func TestTheWholeProduct(t *testing.T) {
	c := config(t)
	c.AllowPrivate = []string{"127.0.0.0/8"} // the tests' own servers
	a := start(t, c, app.Everything)
	p := newProgram(t, c, a.Address())
	for name, proof := range map[string]func(t *testing.T, p *program){
		"two hundred turns cross several continue-as-new":                   twoHundredTurns,
		"a publish in the middle of a wait":                                 publishWhileWaiting,
		"five messages during a slow step are all seen, in order":           fiveMessages,
		"after a take-over's acknowledgement the bot says nothing":          takeOverRace,
		"the same delivery fifty times at once is one message and one turn": fiftyTimes,
		"a manager's reply reaches Telegram":                                replyToTelegram,
		"an answered question's buttons go from Telegram":                   buttonsOnTelegram,
		"bad input changes nothing":                                         badInput,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			proof(t, &program{t: t, base: p.base, token: p.token})
		})
	}
}

func path(format string, args ...any) string { return fmt.Sprintf(format, args...) }

func (p *program) visitor(ctx context.Context, channel int64) *visitor {
	return newVisitor(ctx, p.t, func() string { return p.base }, channel)
}

func patience(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	t.Cleanup(cancel)
	return ctx
}

func twoHundredTurns(t *testing.T, p *program) {
	const turns = 220
	ctx, channel := patience(t), p.liveChat()
	p.bot(echoBot, channel)
	v := p.visitor(ctx, channel)
	for i := range turns {
		require.NoError(t, v.say(ctx, fmt.Sprintf("turn %d!", i)))
		_, err := v.hear(ctx, fmt.Sprintf("you said turn %d!", i))
		require.NoError(t, err)
	}
	for text, times := range v.said() {
		require.Equal(t, 1, times, text)
	}
	require.Len(t, v.said(), turns)
}

const versioned = `{"schema":1,"name":"V","start":"ask","steps":[
  {"id":"ask","kind":"message","config":{"text":"version %[1]d asks","buttons":[{"id":"yes","text":"Yes"}]},"exits":{"button:yes":"end","other":"end"}},
  {"id":"end","kind":"message","config":{"text":"version %[1]d ends"}}]}`

func publishWhileWaiting(t *testing.T, p *program) {
	ctx, channel := patience(t), p.liveChat()
	id := p.bot(fmt.Sprintf(versioned, 1), channel)
	old, young := p.visitor(ctx, channel), p.visitor(ctx, channel)
	require.NoError(t, old.say(ctx, "hi"))
	_, err := old.hear(ctx, "version 1 asks")
	require.NoError(t, err)
	var draft struct {
		Revision int64 `json:"revision"`
	}
	p.call(http.MethodGet, path("/api/v4/bots/%d?with=document", id), nil, &draft)
	p.call(http.MethodPatch, path("/api/v4/bots/%d", id), map[string]any{"document": json.RawMessage(fmt.Sprintf(versioned, 2)), "revision": draft.Revision}, nil)
	p.call(http.MethodPost, path("/api/v4/bots/%d/publish", id), nil, nil)
	require.NoError(t, young.say(ctx, "hi"))
	_, err = young.hear(ctx, "version 2 asks")
	require.NoError(t, err)
	require.NoError(t, old.say(ctx, "yes"))
	_, err = old.hear(ctx, "version 1 ends")
	require.NoError(t, err)
}

func fiveMessages(t *testing.T, p *program) {
	arrived, goOn := make(chan struct{}), make(chan struct{})
	var once sync.Once
	slow := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		once.Do(func() { close(arrived) })
		<-goOn
		fmt.Fprint(w, `{}`)
	}))
	t.Cleanup(slow.Close)
	ctx, channel := patience(t), p.liveChat()
	bot := p.bot(fmt.Sprintf(`{"schema":1,"name":"Slow","start":"call","steps":[
	  {"id":"call","kind":"send_webhook","config":{"url":%q},"exits":{"next":"listen","failed":"listen"}},
	  {"id":"listen","kind":"pause","config":{"waits":[{"id":"m","on":"message"}]},"exits":{"wait:m":"echo"}},
	  {"id":"echo","kind":"message","config":{"text":"you said {{message_text}}"},"exits":{"next":"listen"}}]}`, slow.URL), channel)
	v := p.visitor(ctx, channel)
	require.NoError(t, v.say(ctx, "start"))
	<-arrived
	var want []string
	for i := range 5 {
		want = append(want, fmt.Sprintf("bubble %d", i))
		require.NoError(t, v.say(ctx, want[i]))
	}
	close(goOn)
	_, err := v.hear(ctx, "you said bubble 4")
	require.NoError(t, err)
	var got []string
	require.Eventually(t, func() bool {
		got = nil
		for _, visit := range p.run(p.runs(path("filter[bot_id]=%d", bot))[0].ID).Embedded.Visits {
			for _, m := range visit.Got {
				got = append(got, m.Text)
			}
		}
		return len(got) == 5
	}, 10*time.Second, 50*time.Millisecond)
	require.Equal(t, want, got)
}

// The bot talks without a pause, in several conversations, while a person takes over. What was said when the take-over
// was acknowledged is all that is ever said, although the bot's run goes on existing.
func takeOverRace(t *testing.T, p *program) {
	ctx, channel := patience(t), p.liveChat()
	bot := p.bot(`{"schema":1,"name":"Chatter","start":"a","steps":[
	  {"id":"a","kind":"message","config":{"text":"and a"},"exits":{"next":"b"}},
	  {"id":"b","kind":"message","config":{"text":"and b"},"exits":{"next":"breathe"}},
	  {"id":"breathe","kind":"pause","config":{"waits":[{"id":"t","on":"timer","seconds":1},{"id":"m","on":"message"}]},"exits":{"wait:t":"a","wait:m":"a"}}]}`, channel)
	someone := p.someone()
	const races = 20
	visitors := make([]*visitor, races)
	for i := range visitors {
		visitors[i] = p.visitor(ctx, channel)
		require.NoError(t, visitors[i].say(ctx, "hi"))
	}
	for _, v := range visitors {
		_, err := v.hear(ctx, "and a")
		require.NoError(t, err)
	}
	talks, talking := errgroup.WithContext(ctx)
	taken := make(chan struct{})
	for _, v := range visitors {
		talks.Go(func() error { // keeps the bot busy until after the take-over
			for i := 0; ; i++ {
				if err := v.say(talking, fmt.Sprintf("more %d", i)); err != nil {
					return err
				}
				select {
				case <-taken:
					return nil
				default:
				}
			}
		})
	}
	counts := map[int64]int{}
	runs := p.runs(path("filter[bot_id]=%d&limit=100", bot))
	require.Len(t, runs, races)
	for _, r := range runs {
		p.call(http.MethodPost, path("/api/v4/leads/%d/take_over", r.LeadID), map[string]any{"user_id": someone}, nil)
		counts[r.LeadID] = p.outbound(r.LeadID)
	}
	close(taken)
	require.NoError(t, talks.Wait())
	for _, r := range runs { // the conversation has heard of it, too, and did not say anything until then
		require.Eventually(t, func() bool { return p.run(r.ID).Status == "paused" }, 30*time.Second, 50*time.Millisecond)
		require.Equal(t, counts[r.LeadID], p.outbound(r.LeadID), "lead %d", r.LeadID)
	}
}

// someone is a user of the account.
func (p *program) someone() int64 {
	p.t.Helper()
	var users struct {
		Embedded struct {
			Users []struct {
				ID int64 `json:"id"`
			} `json:"users"`
		} `json:"_embedded"`
	}
	p.call(http.MethodGet, "/api/v4/users", nil, &users)
	return users.Embedded.Users[0].ID
}

// outbound counts what was said to a lead.
func (p *program) outbound(leadID int64) int {
	p.t.Helper()
	chat := p.onlyChat(path("filter[lead_id]=%d", leadID))
	n, before := 0, ""
	for {
		var page struct {
			Embedded struct {
				Messages []struct {
					Seq       int64  `json:"seq"`
					Direction string `json:"direction"`
				} `json:"messages"`
			} `json:"_embedded"`
		}
		status, text := p.try(http.MethodGet, path("/api/v4/chats/%s/messages?limit=250%s", chat, before), nil)
		if status == http.StatusNoContent {
			return n
		}
		require.NoError(p.t, json.Unmarshal(text, &page), string(text))
		oldest := int64(0)
		for _, m := range page.Embedded.Messages {
			if m.Direction == "out" {
				n++
			}
			if oldest == 0 || m.Seq < oldest {
				oldest = m.Seq
			}
		}
		if len(page.Embedded.Messages) < 250 {
			return n
		}
		before = path("&before=%d", oldest)
	}
}

func fiftyTimes(t *testing.T, p *program) {
	ctx, channel := patience(t), p.liveChat()
	bot := p.bot(echoBot, channel)
	v := p.visitor(ctx, channel)
	id := uuid.NewString()
	group, inside := errgroup.WithContext(ctx)
	for range 50 {
		group.Go(func() error { return v.post(inside, map[string]any{"client_id": id, "text": "once"}) })
	}
	require.NoError(t, group.Wait())
	_, err := v.hear(ctx, "you said once")
	require.NoError(t, err)
	require.NoError(t, v.say(ctx, "twice"))
	_, err = v.hear(ctx, "you said twice")
	require.NoError(t, err)
	require.Equal(t, map[string]int{"you said once": 1, "you said twice": 1}, v.said())
	require.Len(t, p.runs(path("filter[bot_id]=%d", bot)), 1)
}

// telegram connects a bot of a Telegram of its own.
func (p *program) telegram() (*telegramtest.Server, int64) {
	p.t.Helper()
	provider := telegramtest.New(p.t)
	return provider, p.telegramAt(provider.URL)
}

func (p *program) telegramAt(address string) int64 {
	p.t.Helper()
	var channel struct {
		ID int64 `json:"id"`
	}
	p.call(http.MethodPost, "/api/v4/channels", map[string]any{"kind": "telegram", "name": "Bot", "settings": map[string]any{"base_url": address},
		"secrets": map[string]string{"token": telegramtest.Token}, "pipeline_id": 1}, &channel)
	return channel.ID
}

// buttonsOnTelegram: the client taps, the bot goes on, and its question loses its buttons.
func buttonsOnTelegram(t *testing.T, p *program) {
	const client = 4712
	provider, channel := p.telegram()
	bot := p.bot(`{"schema":1,"name":"Asking","start":"ask","steps":[
		{"id":"ask","kind":"message","config":{"text":"Tea?","buttons":[{"id":"yes","text":"Yes"},{"id":"no","text":"No"}]},"exits":{"button:yes":"thanks"}},
		{"id":"thanks","kind":"message","config":{"text":"Here it is"}}]}`, channel)
	_, err := provider.Say(client, "hello", nil)
	require.NoError(t, err)
	sent := func(n int) func() bool { return func() bool { return len(provider.Calls("sendMessage")) == n } }
	require.Eventually(t, sent(1), time.Minute, 50*time.Millisecond)
	const question = 102 // the fake counts from 101, the client's message
	require.NotNil(t, provider.Keyboard(client, question))
	run := p.runs(path("filter[bot_id]=%d", bot))[0]
	_, err = provider.Tap(client, question, path("%d.1.yes", run.ID))
	require.NoError(t, err)
	require.Eventually(t, sent(2), time.Minute, 50*time.Millisecond)
	require.Eventually(t, func() bool { return provider.Keyboard(client, question) == nil }, time.Minute, 50*time.Millisecond)
	require.Len(t, provider.Calls("editMessageReplyMarkup"), 1)
}

func replyToTelegram(t *testing.T, p *program) {
	const client = 4711
	provider, channel := p.telegram()
	attempts, err := provider.Say(client, "hello", nil)
	require.NoError(t, err)
	require.Equal(t, 1, attempts)
	chat := p.onlyChat(path("filter[channel_id]=%d", channel))
	provider.LimitNext(1) // the provider says 429 first
	for _, text := range []string{"first", "second"} {
		p.call(http.MethodPost, path("/api/v4/chats/%s/messages", chat), map[string]any{"client_id": uuid.NewString(), "text": text}, nil)
	}
	require.Eventually(t, func() bool { return len(provider.Calls("sendMessage")) == 2 }, time.Minute, 50*time.Millisecond)
	for i, want := range []string{"first", "second"} {
		require.Equal(t, want, provider.Calls("sendMessage")[i].Params["text"])
	}
}

// badInput: each gets a 4xx that names what is wrong.
func badInput(t *testing.T, p *program) {
	ctx, channel := patience(t), p.liveChat()
	v := p.visitor(ctx, channel)
	live := func(body string) (int, []byte) {
		return (&program{t: t, base: v.base, token: v.token}).try(http.MethodPost, "/messages", body)
	}
	endless := `{"schema":1,"name":"Circle","start":"a","steps":[{"id":"a","kind":"goto","config":{"step":"a"}}]}`
	for name, try := range map[string]struct {
		do     func() (int, []byte)
		status int
		names  string
	}{
		"malformed JSON": {func() (int, []byte) { return p.try(http.MethodPost, "/api/v4/leads", `[{"name":`) }, http.StatusBadRequest, "JSON"},
		"a wrong type":   {func() (int, []byte) { return p.try(http.MethodPost, "/api/v4/leads", `[{"name": 5}]`) }, http.StatusBadRequest, "name"},
		"an unknown stage": {func() (int, []byte) {
			return p.try(http.MethodPost, "/api/v4/leads", `[{"name": "x", "status_id": 99999999}]`)
		}, http.StatusBadRequest, "status_id"},
		"a bot that circles without a wait": {func() (int, []byte) {
			var made struct {
				ID int64 `json:"id"`
			}
			p.call(http.MethodPost, "/api/v4/bots", map[string]any{"name": "Circle", "document": json.RawMessage(endless)}, &made)
			return p.try(http.MethodPost, path("/api/v4/bots/%d/publish", made.ID), nil)
		}, http.StatusBadRequest, "wait"},
		"a message of 3 MB": {func() (int, []byte) {
			return live(`{"client_id":"` + uuid.NewString() + `","text":"` + strings.Repeat("x", 3<<20) + `"}`)
		}, http.StatusRequestEntityTooLarge, "2097152 bytes"},
		"a message too long": {func() (int, []byte) {
			return live(`{"client_id":"` + uuid.NewString() + `","text":"` + strings.Repeat("x", 5000) + `"}`)
		}, http.StatusUnprocessableEntity, "text"},
		"a wrong signature": {func() (int, []byte) {
			return (&program{t: t, base: v.base, token: v.token + "x"}).try(http.MethodPost, "/messages", `{}`)
		}, http.StatusUnauthorized, "token"},
		"a token nobody knows": {func() (int, []byte) {
			return (&program{t: t, base: p.base, token: "sb_nobody"}).try(http.MethodGet, "/api/v4/leads", nil)
		}, http.StatusUnauthorized, "token"},
	} {
		status, text := try.do()
		require.Equal(t, try.status, status, "%s: %s", name, text)
		require.Contains(t, string(text), try.names, name)
	}
	status, text := p.try(http.MethodGet, path("/api/v4/chats?filter[channel_id]=%d", channel), nil)
	require.Equal(t, http.StatusNoContent, status, "none of the messages was taken: %s", text)
	status, text = p.try(http.MethodGet, "/api/v4/leads?filter[name]=x", nil)
	require.Equal(t, http.StatusNoContent, status, "no lead was made: %s", text)
}
