package api

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"salesbot/channels/livechat"
	"salesbot/crm"
)

// The places in the built files that we fill in.
const (
	settingsPlace = `"__SALESBOT_SETTINGS__"`
	channelPlace  = "{{channel}}"
)

// panelPolicy is the panel's, apart from who may frame it. Pictures and videos of messages may live anywhere.
const panelPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob: https:; media-src 'self' blob: https:; " +
	"connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors "

// demoPolicy is that of a page of ours with the chat on it; its styles and one script stand in the page. Our own app
// shows it beside the board.
const demoPolicy = "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
	"object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"

// look answers with what the widget may know of the settings.
func (l *liveChat) look(call liveCall) error {
	call.Response().Header().Set("Cache-Control", "no-cache")
	return call.JSON(http.StatusOK, call.settings.Look)
}

// loader sends the script with the settings in it, so that the launcher needs no request that a page's content security
// policy could forbid. A changed setting shows within five minutes.
func (l *liveChat) loader(call liveCall) error {
	code, err := l.widgetFile("loader.js")
	if err != nil {
		return err
	}
	look, err := json.Marshal(call.settings.Look)
	if err != nil {
		return err
	}
	call.Response().Header().Set("Cross-Origin-Resource-Policy", "cross-origin")
	code = bytes.Replace(code, []byte(settingsPlace), look, 1)
	return sendCached(call, "text/javascript; charset=utf-8", "public, max-age=300", code)
}

func (l *liveChat) panel(call liveCall) error {
	page, err := l.widgetFile("panel.html")
	if err != nil {
		return err
	}
	header := call.Response().Header()
	header.Set("Content-Security-Policy", panelPolicy+call.settings.FrameAncestors())
	header.Set("Referrer-Policy", "no-referrer") // links in messages shall not tell where the chat stands
	return sendCached(call, "text/html; charset=utf-8", "no-cache", page)
}

// asset sends a file that the build named by its content.
func (l *liveChat) asset(c echo.Context) error {
	name := c.Param("name")
	body, err := l.widgetFile(path.Join("assets", path.Base(name)))
	if err != nil {
		return err
	}
	kind := mime.TypeByExtension(path.Ext(name))
	if kind == "" {
		kind = "application/octet-stream"
	}
	c.Response().Header().Set("Content-Security-Policy", apiPolicy)
	return sendCached(c, kind, "public, max-age=31536000, immutable", body)
}

// demo is a page like a customer's, with the oldest live chat on it.
func (l *liveChat) demo(c echo.Context) error {
	page, err := l.widgetFile("demo.html")
	if err != nil {
		return err
	}
	channel, err := l.Store.FirstChannel(c.Request().Context(), livechat.Kind)
	if crm.CodeOf(err) == crm.NotFound {
		return crm.Errorf(crm.NotFound, "there is no live chat yet: add a channel of kind %s first", livechat.Kind)
	}
	if err != nil {
		return err
	}
	c.Response().Header().Set("Content-Security-Policy", demoPolicy)
	page = bytes.ReplaceAll(page, []byte(channelPlace), []byte(strconv.FormatInt(channel.ID, 10)))
	return sendCached(c, "text/html; charset=utf-8", "no-cache", page)
}

func (l *liveChat) widgetFile(name string) ([]byte, error) {
	if l.Widget == nil {
		return nil, crm.Errorf(crm.NotFound, "the live chat's widget is not part of this build: run make build")
	}
	body, err := fs.ReadFile(l.Widget, name)
	if err != nil {
		return nil, crm.Errorf(crm.NotFound, "the live chat's widget has no %s: run make build", name)
	}
	return body, nil
}

// sendCached answers 304 to a browser that has the same bytes already.
func sendCached(c echo.Context, contentType, cache string, body []byte) error {
	sum := sha256.Sum256(body)
	header := c.Response().Header()
	header.Set("Content-Type", contentType)
	header.Set("Cache-Control", cache)
	header.Set("ETag", `W/"`+hex.EncodeToString(sum[:12])+`"`)
	http.ServeContent(c.Response(), c.Request(), "", time.Time{}, bytes.NewReader(body))
	return nil
}
