package hooks_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/labstack/echo/v4"
	"github.com/stretchr/testify/require"

	"salesbot/api/hooks"
	"salesbot/channels"
	"salesbot/channels/livechat"
	"salesbot/channels/telegram"
	"salesbot/channels/telegram/telegramtest"
	"salesbot/crm"
	"salesbot/db"
	"salesbot/db/dbtest"
)

const ann = 77

// world is a Telegram bot that is connected to a server of ours.
type world struct {
	t        testing.TB
	store    *db.Store
	telegram *telegramtest.Server
	kind     *telegram.Channel
	channel  crm.Channel
	url      string
}

var secrets = map[string]string{telegram.TokenSecret: telegramtest.Token}

func open(channel crm.Channel) channels.Account {
	return channels.Account{ID: channel.ID, Secrets: secrets}
}

func newWorld(t testing.TB, store *db.Store) *world {
	t.Helper()
	return newWorldWith(t, store, func(kind *telegram.Channel) channels.Channel { return kind })
}

// newWorldWith lets a test stand between the hooks and Telegram.
func newWorldWith(t testing.TB, store *db.Store, between func(*telegram.Channel) channels.Channel) *world {
	t.Helper()
	fake := telegramtest.New(t)
	w := &world{t: t, store: store, telegram: fake, kind: telegram.New(telegram.Options{BaseURL: fake.URL})}
	require.NoError(t, store.Change(context.Background(), func(ctx context.Context, tx *db.Tx) (err error) {
		w.channel, err = tx.CreateChannel(ctx, crm.Actor{Kind: crm.BySystem}, crm.Channel{Kind: telegram.Kind, Name: "Shop", IsActive: true}, secrets)
		return err
	}))
	e := echo.New()
	e.HTTPErrorHandler = answerError
	hooks.Register(e, hooks.Deps{Store: store, Log: slog.New(slog.DiscardHandler),
		Channels: map[string]channels.Channel{telegram.Kind: between(w.kind), livechat.Kind: livechat.Channel{}}})
	server := httptest.NewServer(e)
	t.Cleanup(server.Close)
	w.url = server.URL
	require.NoError(t, w.kind.Connect(context.Background(), open(w.channel), w.url+hooks.Path(w.channel)))
	return w
}

// answerError stands for the API's error handler, whose mapping has its own tests.
func answerError(err error, c echo.Context) {
	status := map[crm.Code]int{crm.Invalid: 400, crm.Unauthorized: 401, crm.NotFound: 404}[crm.CodeOf(err)]
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		status = 413
	}
	if status == 0 {
		status = 500
	}
	_ = c.String(status, err.Error())
}

// messages are all messages, oldest first.
func (w *world) messages() []crm.Message {
	w.t.Helper()
	var all []crm.Message
	require.NoError(w.t, w.store.Change(context.Background(), func(ctx context.Context, tx *db.Tx) error {
		all = nil
		return tx.NewSelect().Model(&all).Order("seq").Scan(ctx)
	}))
	return all
}

func (w *world) post(path, secret, body string) int {
	w.t.Helper()
	request, err := http.NewRequest(http.MethodPost, w.url+path, strings.NewReader(body))
	require.NoError(w.t, err)
	request.Header.Set("X-Telegram-Bot-Api-Secret-Token", secret)
	response, err := http.DefaultClient.Do(request)
	require.NoError(w.t, err)
	defer response.Body.Close()
	_, _ = io.Copy(io.Discard, response.Body)
	return response.StatusCode
}

// secret is what the server expects of Telegram.
func (w *world) secret() string {
	secret, _ := w.telegram.Calls("setWebhook")[0].Params["secret_token"].(string)
	return secret
}

func TestAMessageArrives(t *testing.T) {
	t.Parallel()
	dbtest.EachDB(t, func(t *testing.T, store *db.Store) {
		w := newWorld(t, store)
		_, err := w.telegram.Say(ann, "Hello", nil)
		require.NoError(t, err)
		all := w.messages()
		require.Len(t, all, 1)
		require.Equal(t, "Hello", all[0].Text)
		require.Equal(t, "101", all[0].ExternalID)
		chat, err := store.VisitorChat(t.Context(), w.channel.ID, "77")
		require.NoError(t, err)
		contact, err := store.Contact(t.Context(), chat.ContactID)
		require.NoError(t, err)
		require.Equal(t, "Ann Lee", contact.Name)
	})
}

func TestOneDeliveryFiftyTimesAtOnceIsOneMessage(t *testing.T) {
	t.Parallel()
	dbtest.EachDB(t, func(t *testing.T, store *db.Store) {
		w := newWorld(t, store)
		body := `{"update_id":1,"message":{"message_id":5,"date":1,"chat":{"id":77,"type":"private"},"from":{"id":77,"first_name":"Ann"},"text":"Hi"}}`
		var group sync.WaitGroup
		for range 50 {
			group.Go(func() {
				if status := w.post(hooks.Path(w.channel), w.secret(), body); status != http.StatusOK {
					t.Errorf("status %d", status)
				}
			})
		}
		group.Wait()
		require.Len(t, w.messages(), 1)
		var contacts int
		require.NoError(t, store.Change(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			return tx.NewSelect().Table("contacts").ColumnExpr("count(*)").Scan(ctx, &contacts)
		}))
		require.Equal(t, 1, contacts)
	})
}

func TestATapIsAcknowledged(t *testing.T) {
	t.Parallel()
	dbtest.EachDB(t, func(t *testing.T, store *db.Store) {
		w := newWorld(t, store)
		w.telegram.AddChat(ann)
		_, err := w.kind.Send(t.Context(), open(w.channel), channels.Outbound{ChatID: "77", Text: "Sure?", Buttons: []crm.Button{{ID: "1.y", Text: "Yes"}}})
		require.NoError(t, err)
		_, err = w.telegram.Tap(ann, 101, "1.y")
		require.NoError(t, err)
		require.Len(t, w.telegram.Calls("answerCallbackQuery"), 1)
		require.Equal(t, "1.y", w.messages()[0].Button)

		w.telegram.FailNext(http.StatusBadGateway)
		attempts, err := w.telegram.Tap(ann, 101, "1.y")
		require.NoError(t, err)
		require.Equal(t, 1, attempts, "the message is in, whether the tap was acknowledged or not")
		require.Len(t, w.messages(), 2)
	})
}

func TestFilesAreKept(t *testing.T) {
	t.Parallel()
	dbtest.EachDB(t, func(t *testing.T, store *db.Store) {
		w := newWorld(t, store)
		w.telegram.AddFile("F1", []byte("png"))
		for range 2 {
			_, err := w.telegram.Say(ann, "", map[string]any{"message_id": 9, "photo": []any{map[string]any{"file_id": "F1", "file_size": 3}}})
			require.NoError(t, err)
		}
		require.Len(t, w.telegram.Calls("getFile"), 1, "a repeated delivery fetches nothing")
		_, err := w.telegram.Say(ann, "", map[string]any{"voice": map[string]any{"file_id": "gone", "file_size": 3}})
		require.NoError(t, err)
		all := w.messages()
		require.Len(t, all, 2)
		_, content, err := store.OpenFile(t.Context(), all[0].Files[0].ID)
		require.NoError(t, err)
		defer content.Close()
		kept, err := io.ReadAll(content)
		require.NoError(t, err)
		require.Equal(t, []byte("png"), kept)
		require.Equal(t, []crm.File{{Type: "voice", Name: "voice.ogg", MIME: "audio/ogg", URL: "telegram:gone", Size: 3}}, all[1].Files, "it is in, without its file")
	})
}

func TestAClientWhoSendsTooManyFilesIsStillHeard(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.OpenWith(t, db.Options{URL: dbtest.SQLiteURL(t), FileLimits: db.FileLimits{Visitor: 5}}))
	w.telegram.AddFile("F1", []byte("1234"))
	w.telegram.AddFile("F2", []byte("12"))
	w.telegram.AddFile("F3", []byte("1"))
	for _, file := range []string{"F1", "F2", "F3"} {
		attempts, err := w.telegram.Say(ann, "look", map[string]any{"document": map[string]any{"file_id": file, "file_name": file}})
		require.NoError(t, err)
		require.Equal(t, 1, attempts)
	}
	var kept []bool
	for _, m := range w.messages() {
		require.Equal(t, "F", m.Files[0].Name[:1], "what was not kept still shows")
		kept = append(kept, m.Files[0].ID != "")
	}
	require.Equal(t, []bool{true, false, true}, kept)
}

func TestEditsAndBlocks(t *testing.T) {
	t.Parallel()
	dbtest.EachDB(t, func(t *testing.T, store *db.Store) {
		w := newWorld(t, store)
		_, err := w.telegram.Say(ann, "Helo", nil)
		require.NoError(t, err)
		private := map[string]any{"id": ann, "type": "private"}
		from := map[string]any{"id": ann, "first_name": "Ann"}
		_, err = w.telegram.Deliver("edited_message", map[string]any{"message_id": 101, "chat": private, "from": from, "date": 1, "edit_date": 2, "text": "Hello"})
		require.NoError(t, err)
		_, err = w.telegram.Deliver("my_chat_member", map[string]any{"chat": private, "from": from, "date": 3, "new_chat_member": map[string]any{"status": "kicked"}})
		require.NoError(t, err)
		require.Equal(t, "Hello", w.messages()[0].Text)
		chat, err := store.VisitorChat(t.Context(), w.channel.ID, "77")
		require.NoError(t, err)
		require.True(t, chat.Blocked)
	})
}

func TestWhatIsRefusedChangesNothing(t *testing.T) {
	t.Parallel()
	dbtest.EachDB(t, func(t *testing.T, store *db.Store) {
		w := newWorld(t, store)
		good := `{"message":{"message_id":5,"chat":{"id":77,"type":"private"},"from":{"id":77},"text":"Hi"}}`
		for name, test := range map[string]struct {
			path, secret, body string
			status             int
		}{
			"a wrong secret":         {hooks.Path(w.channel), "wrong", good, 401},
			"no secret":              {hooks.Path(w.channel), "", good, 401},
			"an unknown channel":     {"/hooks/telegram/999", w.secret(), good, 404},
			"no number":              {"/hooks/telegram/abc", w.secret(), good, 404},
			"an unknown kind":        {"/hooks/pigeon/1", w.secret(), good, 404},
			"a channel's other kind": {"/hooks/livechat/1", w.secret(), good, 404},
			"bad JSON":               {hooks.Path(w.channel), w.secret(), `{"message":`, 400},
			"wrong types":            {hooks.Path(w.channel), w.secret(), `{"message":{"message_id":"five"}}`, 400},
			"too large":              {hooks.Path(w.channel), w.secret(), `{"x":"` + strings.Repeat("x", hooks.MaxBody) + `"}`, 413},
			"nothing of interest":    {hooks.Path(w.channel), w.secret(), `{"poll":{}}`, 200},
			"what can't be taken":    {hooks.Path(w.channel), w.secret(), strings.Replace(good, "Hi", strings.Repeat("x", 4097), 1), 200},
		} {
			require.Equal(t, test.status, w.post(test.path, test.secret, test.body), name)
		}
		require.Empty(t, w.messages())
		require.NoError(t, store.Change(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			off := false
			_, err := tx.UpdateChannel(ctx, crm.Actor{Kind: crm.BySystem}, w.channel.ID, db.ChannelEdit{IsActive: &off})
			return err
		}))
		require.Equal(t, http.StatusNotFound, w.post(hooks.Path(w.channel), w.secret(), good), "a channel that is switched off")
	})
}

// BenchmarkAccept is a whole delivery over HTTP, from the provider's request to our answer.
func BenchmarkAccept(b *testing.B) {
	for name, url := range map[string]func(testing.TB) string{"sqlite": dbtest.SQLiteURL, "postgres": dbtest.PostgresURL} {
		b.Run(name, func(b *testing.B) {
			w := newWorld(b, dbtest.Open(b, url(b)))
			secret := w.secret()
			id := 0
			for b.Loop() {
				id++
				body := `{"message":{"message_id":` + strconv.Itoa(id) + `,"chat":{"id":77,"type":"private"},"from":{"id":77},"text":"Hi"}}`
				if status := w.post(hooks.Path(w.channel), secret, body); status != http.StatusOK {
					b.Fatalf("status %d", status)
				}
			}
		})
	}
}
