package api

import (
	"context"
	"encoding/json"
	"net/http"

	"salesbot/bot"
	"salesbot/crm"
	"salesbot/db"
	"salesbot/samples"
)

func (s *Server) sampleRoutes() {
	register(s, Operation{ID: "listBotSamples", Method: http.MethodGet, Path: "/api/v4/bot_samples", Tag: botsTag, Role: crm.Manager,
		Summary: "List the bots to begin with"}, s.listSamples)
	register(s, Operation{ID: "copyBotSample", Method: http.MethodPost, Repeat: Keyed, Path: "/api/v4/bot_samples/{key}/copies", Tag: botsTag, Role: crm.Administrator,
		Status: http.StatusCreated, Summary: "Make a bot of a sample", Description: "Its draft is the sample; nothing is published. A second copy gets a number behind its name."}, s.copySample)
}

// sampleJSON is a bot to begin with: what it does, its document, and how a dialogue with it goes.
type sampleJSON struct {
	Key      string          `json:"key"`
	Name     string          `json:"name"`
	Summary  string          `json:"summary"`
	Document json.RawMessage `json:"document"`
	Dialogue []lineJSON      `json:"dialogue"`
}

// lineJSON is what the client or the bot says.
type lineJSON struct {
	From    string   `json:"from" enum:"client,bot"`
	Text    string   `json:"text"`
	Buttons []string `json:"buttons"`
}

type samplesEmbedded struct {
	Samples []sampleJSON `json:"samples"`
}

func (s *Server) listSamples(ctx context.Context, _ None, _ None) (Collection[samplesEmbedded], error) {
	all, err := samples.All()
	if err != nil {
		return Collection[samplesEmbedded]{}, err
	}
	shown := make([]sampleJSON, len(all))
	for i, sample := range all {
		document, err := bot.Parse(sample.Document)
		if err != nil {
			return Collection[samplesEmbedded]{}, err
		}
		shown[i] = sampleJSON{Key: sample.Key, Name: document.Name, Summary: sample.Summary, Document: sample.Document, Dialogue: showDialogue(sample.Dialogue)}
	}
	return whole(ctx, len(shown), samplesEmbedded{Samples: shown}), nil
}

func showDialogue(dialogue []samples.Line) []lineJSON {
	shown := make([]lineJSON, len(dialogue))
	for i, line := range dialogue {
		shown[i] = lineJSON{From: "bot", Text: line.Text, Buttons: append([]string{}, line.Buttons...)}
		if line.Client {
			shown[i].From = "client"
		}
	}
	return shown
}

type sampleParams struct {
	Key string `path:"key"`
}

func (s *Server) copySample(ctx context.Context, p sampleParams, _ None) (*botJSON, error) {
	document, err := sampleDocument(p.Key)
	if err != nil {
		return nil, err
	}
	var made crm.Bot
	err = s.Store.Change(ctx, func(ctx context.Context, tx *db.Tx) error {
		copied := document
		if copied.Name, err = tx.FreeBotName(ctx, document.Name); err != nil {
			return err
		}
		draft, err := json.Marshal(copied)
		if err != nil {
			return err
		}
		made, err = tx.CreateBot(ctx, actorOf(ctx), copied.Name, draft)
		return err
	})
	if err != nil {
		return nil, err
	}
	return s.showBot(ctx, made)
}

func sampleDocument(key string) (bot.Document, error) {
	all, err := samples.All()
	if err != nil {
		return bot.Document{}, err
	}
	for _, sample := range all {
		if sample.Key == key {
			return bot.Parse(sample.Document)
		}
	}
	return bot.Document{}, crm.Errorf(crm.NotFound, "there is no sample %q: GET /api/v4/bot_samples lists them", key)
}
