// Package hooks takes what channels' providers deliver: POST /hooks/<kind>/<channel id>.
package hooks

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"salesbot/channels"
	"salesbot/crm"
	"salesbot/db"
)

// MaxBody is the largest delivery in bytes; providers send files as links.
const MaxBody = 1 << 20

// ackTime is how long the provider's answer to an acknowledgement is waited for; it waits for ours meanwhile.
const ackTime = 5 * time.Second

// Deps are what the hooks need.
type Deps struct {
	Store *db.Store
	// Channels are the channel kinds by name.
	Channels map[string]channels.Channel
	Log      *slog.Logger
}

// Register adds the route. Errors are left to the server's error handler.
func Register(e *echo.Echo, d Deps) {
	e.POST("/hooks/:kind/:channel", d.receive)
}

// Path is where a channel's provider has to deliver.
func Path(channel crm.Channel) string {
	return fmt.Sprintf("/hooks/%s/%d", channel.Kind, channel.ID)
}

// receive answers 200 when everything the delivery says is committed; the provider repeats whatever gets another
// answer, and a repeated delivery changes nothing.
func (d Deps) receive(c echo.Context) error {
	ctx := c.Request().Context()
	kind, channel, err := d.find(ctx, c.Param("kind"), c.Param("channel"))
	if err != nil {
		return err
	}
	body, err := read(c)
	if err != nil {
		return err
	}
	secrets, err := d.Store.OpenSecrets(channel)
	if err != nil {
		return err
	}
	account := channels.Account{ID: channel.ID, Settings: channel.Settings, Secrets: secrets}
	inbound, err := kind.Receive(account, c.Request().Header, body)
	if err != nil {
		return err
	}
	for _, in := range inbound {
		if err := d.accept(ctx, kind, channel, account, in); err != nil {
			return err
		}
	}
	d.acknowledge(ctx, kind, account, inbound)
	return c.NoContent(http.StatusOK)
}

func (d Deps) find(ctx context.Context, kindName, id string) (channels.Channel, crm.Channel, error) {
	kind, ok := d.Channels[kindName]
	number, err := strconv.ParseInt(id, 10, 64)
	if !ok || err != nil {
		return nil, crm.Channel{}, crm.Errorf(crm.NotFound, "there is no channel %s/%s", kindName, id)
	}
	channel, err := d.Store.ActiveChannel(ctx, kindName, number)
	return kind, channel, err
}

func read(c echo.Context) ([]byte, error) {
	body, err := io.ReadAll(http.MaxBytesReader(c.Response(), c.Request().Body, MaxBody))
	var large *http.MaxBytesError
	var fromEcho *echo.HTTPError
	if errors.As(err, &large) || errors.As(err, &fromEcho) {
		return nil, err
	}
	if err != nil {
		return nil, crm.Errorf(crm.Invalid, "the delivery could not be read to its end")
	}
	return body, nil
}

// accept takes one thing that the channel heard. What can never be accepted is logged and let pass: the provider would
// repeat it for a day and hold back everything that comes after it.
func (d Deps) accept(ctx context.Context, kind channels.Channel, channel crm.Channel, account channels.Account, in crm.Inbound) error {
	var err error
	if in.Files, err = d.fetchAll(ctx, kind, channel, account, in); err != nil {
		return err
	}
	_, err = d.Store.Accept(ctx, channel, kind.Capabilities().MakesLeads, in)
	if crm.CodeOf(err) == crm.Invalid {
		d.Log.Error("a delivery can't be accepted", "channel", channel.ID, "kind", in.Kind, "message", in.MessageID, "error", err)
		return nil
	}
	return err
}

// acknowledge is a courtesy: the message is in, whether the provider hears so or not.
func (d Deps) acknowledge(ctx context.Context, kind channels.Channel, account channels.Account, inbound []crm.Inbound) {
	acknowledger, ok := kind.(channels.Acknowledger)
	if !ok || len(inbound) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), ackTime)
	defer cancel()
	if err := acknowledger.Acknowledge(ctx, account, inbound); err != nil {
		d.Log.Warn("a delivery was not acknowledged", "channel", account.ID, "error", err)
	}
}
