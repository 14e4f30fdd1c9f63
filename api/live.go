package api

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"salesbot/channels/livechat"
	"salesbot/crm"
)

// liveChat serves the live chat's widget and its visitors, who have no login: a visitor is who their token says. The
// protocol is described in docs/live-chat.md.
type liveChat struct {
	*Server
	hub    *liveHub
	limits liveLimits
	signer *livechat.Signer
}

// liveCall is one request to a channel; visitor is filled in where one is needed.
type liveCall struct {
	echo.Context
	channel  crm.Channel
	settings livechat.Settings
	visitor  livechat.Visitor
}

// key is the visitor as the hub knows them.
func (c liveCall) key() visitorKey { return visitorKey{c.channel.ID, c.visitor.ID} }

func (s *Server) liveRoutes() {
	l := &liveChat{Server: s, hub: newLiveHub(s), limits: newLiveLimits(s.Live), signer: livechat.NewSigner(s.Store.LiveKey())}
	s.echo.GET("/demo", l.demo)
	s.echo.GET("/live/assets/:name", l.asset)
	for _, name := range []string{"settings", "visitors", "messages", "files", "typing", "read", "video", "stream"} {
		s.echo.OPTIONS("/live/:channel/"+name, l.open(l.preflight))
	}
	s.echo.GET("/live/:channel/loader.js", l.open(l.loader))
	s.echo.GET("/live/:channel/panel", l.find(l.panel))
	s.echo.GET("/live/:channel/settings", l.open(l.look))
	s.echo.POST("/live/:channel/visitors", l.open(l.postVisitor))
	s.echo.GET("/live/:channel/files/:id", l.open(l.getFile))
	s.echo.POST("/live/:channel/files", l.known(l.postFile))
	s.echo.GET("/live/:channel/messages", l.known(l.getMessages))
	s.echo.POST("/live/:channel/messages", l.known(l.postMessage))
	s.echo.POST("/live/:channel/typing", l.known(l.postTyping))
	s.echo.POST("/live/:channel/read", l.known(l.postRead))
	s.echo.POST("/live/:channel/video", l.known(l.postVideo))
	s.echo.GET("/live/:channel/stream", l.listening(l.stream))
	// A file may be larger than other bodies; postFile has a limit of its own.
	s.largeBody["/live/:channel/files"] = true
}

// find finds the channel. A field that is wrong is 422 here, with a detail that a visitor may be shown.
func (l *liveChat) find(do func(liveCall) error) echo.HandlerFunc {
	return func(c echo.Context) error {
		id, err := strconv.ParseInt(c.Param("channel"), 10, 64)
		if err != nil {
			return crm.Errorf(crm.NotFound, "there is no live chat %q", c.Param("channel"))
		}
		call := liveCall{Context: c}
		if call.channel, err = l.Store.ActiveChannel(c.Request().Context(), livechat.Kind, id); err != nil {
			return err
		}
		if call.settings, err = livechat.ParseSettings(call.channel.Settings); err != nil {
			return fmt.Errorf("the settings of channel %d: %w", id, err)
		}
		c.Response().Header().Set("Content-Security-Policy", apiPolicy)
		if err := l.limits.address.check(clientNetwork(c)); err != nil {
			return err
		}
		return unprocessable(do(call))
	}
}

func unprocessable(err error) error {
	var own *crm.Error
	if errors.As(err, &own) && own.Code == crm.Invalid {
		return &crm.Error{Code: crm.Unprocessable, Field: own.Field, Message: own.Message}
	}
	return err
}

// open is for pages that may talk to the channel.
func (l *liveChat) open(do func(liveCall) error) echo.HandlerFunc {
	return l.find(func(call liveCall) error {
		if err := l.checkOrigin(call); err != nil {
			return err
		}
		return do(call)
	})
}

// known is open for visitors only.
func (l *liveChat) known(do func(liveCall) error) echo.HandlerFunc {
	return l.open(func(call liveCall) error {
		scheme, token, _ := strings.Cut(call.Request().Header.Get(echo.HeaderAuthorization), " ")
		if !strings.EqualFold(scheme, "Bearer") {
			return crm.Errorf(crm.Unauthorized, "the Authorization header must read: Bearer TOKEN, with a visitor's token")
		}
		return l.admitVisitor(call, strings.TrimSpace(token), do)
	})
}

// listening is known for the stream, whose token may stand in the address: a browser's EventSource sends no headers.
func (l *liveChat) listening(do func(liveCall) error) echo.HandlerFunc {
	withHeader := l.known(do)
	withQuery := l.open(func(call liveCall) error { return l.admitVisitor(call, call.QueryParam("token"), do) })
	return func(c echo.Context) error {
		if c.QueryParam("token") != "" {
			return withQuery(c)
		}
		return withHeader(c)
	}
}

func (l *liveChat) admitVisitor(call liveCall, token string, do func(liveCall) error) (err error) {
	if call.visitor, err = l.signer.Visitor(token, call.channel.ID); err != nil {
		return err
	}
	if err := l.limits.visitor.check(call.visitor.ID); err != nil {
		return err
	}
	return do(call)
}

// checkOrigin refuses pages of sites that the channel does not allow, and lets those that it allows read the answer. The
// panel itself is a page of ours; who may frame it is said in its content security policy.
func (l *liveChat) checkOrigin(call liveCall) error {
	header := call.Request().Header
	origin := header.Get(echo.HeaderOrigin)
	from := cmp.Or(origin, originOf(header.Get("Referer")))
	if from == "" || l.isOurs(call.Request(), from) {
		return nil
	}
	if !call.settings.Allows(from) {
		return crm.Errorf(crm.Forbidden, "the page's origin %s is not among the live chat's allowed origins", from)
	}
	if origin != "" {
		answer := call.Response().Header()
		answer.Set(echo.HeaderAccessControlAllowOrigin, origin)
		answer.Set(echo.HeaderAccessControlExposeHeaders, "Retry-After")
		answer.Add(echo.HeaderVary, echo.HeaderOrigin)
	}
	return nil
}

func (l *liveChat) isOurs(r *http.Request, origin string) bool {
	page, err := url.Parse(origin)
	return err == nil && page.Host != "" && page.Host == r.Host || origin == originOf(l.PublicURL)
}

func originOf(address string) string {
	page, err := url.Parse(address)
	if err != nil || page.Host == "" {
		return ""
	}
	return page.Scheme + "://" + page.Host
}

func (l *liveChat) preflight(call liveCall) error {
	header := call.Response().Header()
	header.Set(echo.HeaderAccessControlAllowMethods, "GET, POST")
	header.Set(echo.HeaderAccessControlAllowHeaders, "Authorization, Content-Type, Last-Event-ID")
	header.Set(echo.HeaderAccessControlMaxAge, "600")
	return call.NoContent(http.StatusNoContent)
}
