package api

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"salesbot/bot"
	"salesbot/crm"
	"salesbot/db"
)

// maxLaunches is Kommo's limit of bots in one request.
const maxLaunches = 100

const launchLimit = "A program launches a bot at most 30 times within 10 minutes on one lead or contact: more is taken for a circle that leads through " +
	"a service which the bot's webhook calls, and gets 429."

func (s *Server) launchRoutes() {
	registerRaw[byID, runJSON](s, Operation{ID: "runBot", Limited: true, Method: http.MethodPost, Repeat: Keyed, Path: "/api/v4/bots/{id}/run", Tag: botsTag, Role: crm.Manager, Status: http.StatusAccepted,
		Summary: "Launch a bot", Description: "With {\"entity_id\", \"entity_type\": \"leads\" or \"contacts\"}. The Location header names the run. As in Kommo the body is the " +
			"word Accepted; with Accept: application/json it is the run. " + launchLimit}, s.runBot)
	register(s, Operation{ID: "runBots", Limited: true, Method: http.MethodPost, Repeat: Keyed, Path: "/api/v4/bots/run", Tag: botsTag, Role: crm.Manager, Status: http.StatusAccepted,
		Summary: "Launch bots", Description: "At most 100; all or none. " + launchLimit}, s.runBots)
	register(s, Operation{ID: "stopBot", Method: http.MethodPost, Repeat: Keyed, Path: "/api/v4/bots/{id}/stop", Tag: botsTag, Role: crm.Manager, Status: http.StatusAccepted,
		Summary: "Stop a bot's runs on a lead"}, s.stopBot)
	register(s, Operation{ID: "runBotsV2", Limited: true, Method: http.MethodPost, Repeat: Keyed, Path: "/api/v2/salesbot/run", Tag: botsTag, Role: crm.Manager, Status: http.StatusAccepted,
		Summary: "Launch bots, the older way", Description: "entity_type is 1 for contacts, 2 for leads. At most 100; all or none. " + launchLimit}, s.runBotsV2)
}

type launchBody struct {
	EntityID   int64          `json:"entity_id"`
	EntityType crm.EntityType `json:"entity_type" enum:"leads,contacts"`
}

func (l launchBody) subject() (bot.Subject, error) {
	if l.EntityID <= 0 {
		return bot.Subject{}, crm.FieldError("entity_id", "must be the id of a lead or a contact")
	}
	switch l.EntityType {
	case crm.Leads:
		return bot.Subject{LeadID: l.EntityID}, nil
	case crm.Contacts:
		return bot.Subject{ContactID: l.EntityID}, nil
	}
	return bot.Subject{}, crm.FieldError("entity_type", "must be leads or contacts")
}

func (s *Server) runBot(c echo.Context, p byID) error {
	var body launchBody
	if err := decodeBody(c.Request(), &body); err != nil {
		return err
	}
	ctx := c.Request().Context()
	var run crm.Run
	err := s.Store.Change(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		run, err = launch(ctx, tx, p.ID, body)
		return err
	})
	if err != nil {
		return err
	}
	c.Response().Header().Set(echo.HeaderLocation, "/api/v4/runs/"+strconv.FormatInt(run.ID, 10))
	if strings.Contains(c.Request().Header.Get(echo.HeaderAccept), "json") {
		shown, err := s.showRuns(ctx, []crm.Run{run})
		if err != nil {
			return err
		}
		return answer(c, http.StatusAccepted, shown[0])
	}
	return c.HTML(http.StatusAccepted, "Accepted")
}

func launch(ctx context.Context, tx *db.Tx, botID int64, body launchBody) (crm.Run, error) {
	subject, err := body.subject()
	if err != nil {
		return crm.Run{}, err
	}
	if subject.ContactID != 0 {
		if _, err := tx.Contact(ctx, subject.ContactID); err != nil {
			return crm.Run{}, err
		}
	}
	by := "api"
	if callerOf(ctx).Session {
		by = "user"
	}
	return tx.LaunchRun(ctx, actorOf(ctx), db.Launch{BotID: botID, Subject: subject, By: by})
}

type botLaunch struct {
	BotID int64 `json:"bot_id"`
	launchBody
}

func (s *Server) runBots(ctx context.Context, _ None, body []botLaunch) (None, error) {
	if err := checkItems(len(body), maxLaunches); err != nil {
		return None{}, err
	}
	return None{}, s.Store.Change(ctx, func(ctx context.Context, tx *db.Tx) error {
		for i, item := range body {
			if _, err := launch(ctx, tx, item.BotID, item.launchBody); err != nil {
				return itemFailed(strconv.Itoa(i), err)
			}
		}
		return nil
	})
}

func (s *Server) stopBot(ctx context.Context, p byID, body launchBody) (None, error) {
	if body.EntityType != crm.Leads || body.EntityID <= 0 {
		return None{}, crm.FieldError("entity_type", "bots are stopped on leads")
	}
	if _, err := s.Store.Bot(ctx, p.ID); err != nil {
		return None{}, err
	}
	return None{}, s.Store.Change(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := tx.Lead(ctx, body.EntityID); err != nil {
			return err
		}
		return tx.StopRuns(ctx, actorOf(ctx), db.RunFilter{BotID: p.ID, LeadID: body.EntityID}, "stopped by hand")
	})
}

// Kommo's numbers of entity types in API v2.
const (
	v2Contact = 1
	v2Lead    = 2
)

type botLaunchV2 struct {
	BotID      int64 `json:"bot_id"`
	EntityID   int64 `json:"entity_id"`
	EntityType int   `json:"entity_type"`
}

type successJSON struct {
	Success bool `json:"success"`
}

func (s *Server) runBotsV2(ctx context.Context, _ None, body []botLaunchV2) (successJSON, error) {
	items := make([]botLaunch, len(body))
	for i, item := range body {
		kind, ok := map[int]crm.EntityType{v2Contact: crm.Contacts, v2Lead: crm.Leads}[item.EntityType]
		if !ok {
			return successJSON{}, itemFailed(strconv.Itoa(i), crm.FieldError("entity_type", "must be 1 (contact) or 2 (lead)"))
		}
		items[i] = botLaunch{BotID: item.BotID, launchBody: launchBody{EntityID: item.EntityID, EntityType: kind}}
	}
	_, err := s.runBots(ctx, None{}, items)
	return successJSON{Success: err == nil}, err
}
