package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"salesbot/crm"
)

func (s *Server) streamRoutes() {
	registerRaw[None, change](s, Operation{ID: "stream", Method: http.MethodGet, Path: "/api/v4/stream", Tag: "Events", Role: crm.Manager, Stream: true,
		Summary: "Follow what happens", Description: "Server-sent events, from now on: each is called change and says what to look up. " +
			"The stream ends when the login does, when the reader is too slow, and when the server stops; what was missed has to be looked up."}, s.stream)
}

// change is what a browser is told: what to look up again, not what it says.
type change struct {
	ID         int64         `json:"id"`
	Type       crm.EventType `json:"type"`
	EntityType string        `json:"entity_type"`
	EntityID   int64         `json:"entity_id"`
	LeadID     int64         `json:"lead_id,omitempty"`
	ChatID     string        `json:"chat_id,omitempty"`
}

const (
	// heartbeat keeps proxies from closing a quiet stream, and is how soon a login that ended ends a quiet stream.
	heartbeat = 20 * time.Second
	// looked is for how long a stream that has something to say relies on its last look at the login.
	looked = time.Second
	// slowest is how long one write may take before the reader counts as gone.
	slowest = 30 * time.Second
)

func (s *Server) stream(c echo.Context, _ None) error {
	ctx := c.Request().Context()
	events, leave, err := s.tail.Follow(ctx)
	if err != nil {
		return err
	}
	defer leave()
	header := c.Response().Header()
	header.Set("Content-Type", "text/event-stream")
	header.Set("Cache-Control", "no-store")
	header.Set("X-Accel-Buffering", "no")
	out := sse{w: c.Response(), control: http.NewResponseController(c.Response())}
	if err := out.write("retry: 3000\n\n"); err != nil {
		return nil // the reader is gone
	}
	login := streamLogin{server: s, request: c.Request(), at: time.Now()}
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-s.closing:
			return nil
		case <-beat.C:
			if !login.holds() {
				return nil // the login has ended, and with it the stream
			}
			err = out.write(": \n\n")
		case event, ok := <-events:
			if !ok || !login.holds() {
				return nil
			}
			err = out.change(event)
		}
		if err != nil {
			return nil // the reader is gone
		}
	}
}

// streamLogin is the login of an open stream, looked at again while the stream lasts.
type streamLogin struct {
	server  *Server
	request *http.Request
	at      time.Time
}

// holds says whether the caller may still follow: the login is there, the user active, the role enough.
func (l *streamLogin) holds() bool {
	if time.Since(l.at) < looked {
		return true
	}
	l.at = time.Now()
	_, err := l.server.authenticateAs(l.request, crm.Manager)
	return err == nil
}

// sse writes server-sent events (WHATWG HTML, section 9.2).
type sse struct {
	w       http.ResponseWriter
	control *http.ResponseController
}

func (o sse) change(e crm.Event) error {
	data, err := json.Marshal(change{ID: e.ID, Type: e.Type, EntityType: e.EntityType, EntityID: e.EntityID, LeadID: e.LeadID, ChatID: e.ChatID})
	if err != nil {
		return err
	}
	return o.write(fmt.Sprintf("event: change\ndata: %s\n\n", data))
}

func (o sse) write(text string) error {
	if err := o.control.SetWriteDeadline(time.Now().Add(slowest)); err != nil {
		return err
	}
	if _, err := o.w.Write([]byte(text)); err != nil {
		return err
	}
	return o.control.Flush()
}
