package api_test

import (
	"bytes"
	"context"
	"fmt"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"salesbot/crm"
	"salesbot/db"
)

// addChat lets a client write on a channel of that kind and returns the chat.
func (w *world) addChat(kind string, texts ...string) crm.Chat {
	w.t.Helper()
	lead := w.addLead()
	var channel crm.Channel
	require.NoError(w.t, w.store.Change(w.t.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		channel, err = tx.CreateChannel(ctx, crm.Actor{}, crm.Channel{Kind: kind, Name: kind, PipelineID: lead.PipelineID, IsActive: true}, nil)
		return err
	}))
	var accepted db.Accepted
	for i, text := range texts {
		var err error
		accepted, err = w.store.Accept(w.t.Context(), channel, true, crm.Inbound{Kind: crm.InMessage, ChatID: "client", MessageID: fmt.Sprint(i),
			Text: text, Profile: crm.Profile{Name: "Grace"}})
		require.NoError(w.t, err)
	}
	return accepted.Chat
}

func texts(answer map[string]any) []any {
	var list []any
	for i := 0; at(answer, "_embedded", "messages", i) != nil; i++ {
		list = append(list, at(answer, "_embedded", "messages", i, "text"))
	}
	return list
}

func TestAChatIsReadAndAnswered(t *testing.T) {
	t.Parallel()
	eachChannelWorld(t, func(w *world, _ *provider) {
		w.call("GET", "/api/v4/chats", "").want(204)
		chat := w.addChat("near", "one", "two", "three")
		path := "/api/v4/chats/" + chat.ID
		list := w.call("GET", fmt.Sprintf("/api/v4/chats?filter[lead_id]=%d", chat.LeadID), "").want(200)
		require.EqualValues(w.t, 3, at(list, "_embedded", "chats", 0, "unread_count"))
		require.EqualValues(w.t, 3, w.call("GET", "/api/v4/chats/unread", "").want(200)["unread_count"])
		require.Equal(w.t, "near", at(list, "_embedded", "chats", 0, "channel_kind"))
		w.call("PATCH", path, `{}`).refused(400, "invalid", "read_seq")
		require.EqualValues(w.t, 0, w.call("PATCH", path, `{"is_read":true}`).want(200)["unread_count"])
		require.EqualValues(w.t, 0, w.call("GET", "/api/v4/chats/unread", "").want(200)["unread_count"])

		newest := w.call("GET", path+"/messages?limit=2", "").want(200)
		require.Equal(w.t, []any{"two", "three"}, texts(newest))
		require.Equal(w.t, "Grace", at(newest, "_embedded", "messages", 0, "author", "name"))
		first := at(newest, "_embedded", "messages", 0, "id")
		require.Equal(w.t, []any{"one"}, texts(w.call("GET", fmt.Sprintf("%s/messages?before=%v", path, first), "").want(200)))
		require.Equal(w.t, []any{"three"}, texts(w.call("GET", fmt.Sprintf("%s/messages?after=%v", path, first), "").want(200)))
		w.call("GET", path+"/messages?before=nothing", "").refused(400, "invalid", "before")

		w.call("POST", path+"/messages", `{"text":"  "}`).refused(400, "invalid", "text")
		w.call("POST", path+"/messages", `{"text":"`+strings.Repeat("x", 4097)+`"}`).refused(400, "invalid", "text")
		w.call("POST", path+"/messages", `{"attachments":[{"id":"gone","type":"file"}]}`).refused(400, "invalid", "attachments.0.id")
		sent := w.call("POST", path+"/messages", `{"client_id":"a","text":"Hello Grace"}`).want(201)
		require.Equal(w.t, "sent", sent["status"], "a local message has arrived with its commit")
		require.Equal(w.t, "Ada", at(sent, "author", "name"))
		again := w.call("POST", path+"/messages", `{"client_id":"a","text":"Hello Grace"}`).want(201)
		require.Equal(w.t, sent["id"], again["id"], "a repeated client_id is the same message")
		require.Len(w.t, texts(w.call("GET", path+"/messages", "").want(200)), 4)
		w.call("POST", path+"/typing", "").want(204)
		w.call("POST", "/api/v4/chats/nothing/messages", `{"text":"x"}`).refused(404, "not_found", "")
	})
}

func TestAMessageToAFarChannelWaitsForItsDelivery(t *testing.T) {
	t.Parallel()
	eachChannelWorld(t, func(w *world, _ *provider) {
		chat := w.addChat("far", "hi")
		sent := w.call("POST", "/api/v4/chats/"+chat.ID+"/messages", `{"text":"Hello"}`).want(201)
		require.Equal(w.t, "sending", sent["status"])
		delivery, err := w.store.BeginDelivery(w.t.Context(), fmt.Sprint(sent["id"]), "attempt")
		require.NoError(w.t, err)
		delivery.Blocked, delivery.Message.Status = true, crm.MessageFailed
		require.NoError(w.t, w.store.EndDelivery(w.t.Context(), delivery))
		w.call("POST", "/api/v4/chats/"+chat.ID+"/messages", `{"text":"Hello"}`).refused(409, "conflict", "")
	})
}

func TestAManagersReplyHoldsTheBot(t *testing.T) {
	t.Parallel()
	eachChannelWorld(t, func(w *world, _ *provider) {
		chat := w.addChat("near", "hi")
		path := w.addBot(plain)
		w.publish(path)
		w.call("POST", path+"/run", fmt.Sprintf(`{"entity_id":%d,"entity_type":"leads"}`, chat.LeadID)).want(202)
		w.call("POST", "/api/v4/chats/"+chat.ID+"/messages", `{"text":"I am here"}`).want(201)
		run := w.call("GET", "/api/v4/runs/1", "").want(200)
		require.Equal(w.t, "stop", run["hold"])
		mail, err := w.store.UnsentMail(w.t.Context(), fmt.Sprint(run["workflow_id"]))
		require.NoError(w.t, err)
		require.Len(w.t, mail, 2, "the launch and the manager's message")
		require.Contains(w.t, string(mail[1].Payload), "from_manager")
	})
}

func TestTalks(t *testing.T) {
	t.Parallel()
	eachChannelWorld(t, func(w *world, _ *provider) {
		chat := w.addChat("near", "one", "two")
		list := w.call("GET", fmt.Sprintf("/api/v4/talks?filter[contact_id][]=%d&filter[only_in_work]=1", chat.ContactID), "").want(200)
		require.Equal(w.t, "near", at(list, "_embedded", "talks", 0, "origin"))
		require.Equal(w.t, []any{"one"}, texts(w.call("GET", "/api/v4/talks/1/messages?limit=1", "").want(200)))
		w.call("POST", "/api/v4/talks/1/send_message", `{"text":"Hello"}`).want(202)
		require.Equal(w.t, false, w.call("POST", "/api/v4/talks/1/close", "").want(202)["is_in_work"])
		w.call("POST", "/api/v4/talks/1/close", "").refused(422, "unprocessable", "")
		w.call("POST", "/api/v4/talks/1/send_message", `{"text":"Hello"}`).refused(422, "unprocessable", "")
		w.call("GET", "/api/v4/talks?filter[only_in_work]=1", "").want(204)
		w.call("GET", "/api/v4/talks/9", "").refused(404, "not_found", "")
	})
}

// upload sends a file and returns the answer.
func (w *world) upload(name string, content []byte) reply {
	w.t.Helper()
	var form bytes.Buffer
	writer := multipart.NewWriter(&form)
	part, err := writer.CreateFormFile("file", name)
	require.NoError(w.t, err)
	_, err = part.Write(content)
	require.NoError(w.t, err)
	require.NoError(w.t, writer.Close())
	return w.send("POST", "/api/v4/files", form.String(), map[string]string{"Authorization": "Bearer " + w.admin, "Content-Type": writer.FormDataContentType()})
}

func TestFiles(t *testing.T) {
	t.Parallel()
	eachChannelWorld(t, func(w *world, _ *provider) {
		png := append([]byte("\x89PNG\r\n\x1a\n"), make([]byte, 3<<20)...) // more than other bodies may have
		made := w.upload("../photo.html", png).want(201)
		require.Equal(w.t, "picture", made["type"])
		require.Equal(w.t, "image/png", made["mime"], "the content says what it is, not the name")
		require.Equal(w.t, "photo.html", made["name"])

		address := strings.TrimPrefix(fmt.Sprint(made["url"]), w.server.URL)
		got := w.send("GET", address, "", nil)
		require.Equal(w.t, http.StatusOK, got.StatusCode)
		require.Equal(w.t, png, got.body)
		require.Contains(w.t, got.Header.Get("Content-Security-Policy"), "sandbox")
		path, _, _ := strings.Cut(address, "?")
		w.send("GET", path, "", nil).refused(401, "unauthorized", "")
		w.send("GET", path+"?expires=4102444800&signature=made-up", "", nil).refused(401, "unauthorized", "")
		require.Equal(w.t, 200, w.call("GET", path, "").StatusCode)
		w.call("GET", "/api/v4/files/none", "").refused(404, "not_found", "")

		page := w.upload("page.png", []byte("<html><script>alert(1)</script></html>")).want(201)
		require.Equal(w.t, "file", page["type"])
		evil := w.send("GET", strings.TrimPrefix(fmt.Sprint(page["url"]), w.server.URL), "", nil)
		require.True(w.t, strings.HasPrefix(evil.Header.Get("Content-Disposition"), "attachment"), "a page is saved, not shown")

		w.upload("empty", nil).refused(400, "invalid", "file")
		w.call("POST", "/api/v4/files", `{}`).refused(400, "invalid", "file")
		w.upload("huge", make([]byte, db.MaxFile+1)).refused(413, "too_large", "file")

		chat := w.addChat("near", "hi")
		sent := w.call("POST", "/api/v4/chats/"+chat.ID+"/messages", fmt.Sprintf(`{"attachments":[{"id":%q,"type":"video"}]}`, made["id"])).want(201)
		require.Equal(w.t, "picture", at(sent, "attachments", 0, "type"), "what we know of the file wins")
	})
}

func TestChatsArePagedByKey(t *testing.T) {
	t.Parallel()
	eachChannelWorld(t, func(w *world, _ *provider) {
		chat := w.addChat("near", "hi")
		channel, err := w.store.Channel(w.t.Context(), chat.ChannelID)
		require.NoError(w.t, err)
		for i := range 4 {
			_, err := w.store.Accept(w.t.Context(), channel, false, crm.Inbound{Kind: crm.InMessage, ChatID: fmt.Sprint("c", i), MessageID: "1", Text: "x"})
			require.NoError(w.t, err)
		}
		seen := map[any]bool{}
		for href := "/api/v4/chats?limit=2"; href != ""; {
			page := w.call("GET", href, "").want(200)
			for i := 0; at(page, "_embedded", "chats", i) != nil; i++ {
				seen[at(page, "_embedded", "chats", i, "id")] = true
			}
			next, _ := at(page, "_links", "next", "href").(string)
			href = strings.TrimPrefix(next, w.server.URL)
		}
		require.Len(w.t, seen, 5)
		w.call("GET", "/api/v4/chats?cursor=x", "").refused(400, "invalid", "cursor")
	})
}
