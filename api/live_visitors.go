package api

import (
	"context"
	"net/http"
	"net/mail"
	"strings"

	"github.com/google/uuid"
	"golang.org/x/text/language"

	"salesbot/channels/livechat"
	"salesbot/crm"
	"salesbot/db"
)

type visitorBody struct {
	// Token is that of a visitor who was here before; one that is not valid makes a new visitor.
	Token string `json:"token,omitempty"`
	Name  string `json:"name,omitempty"`
	Email string `json:"email,omitempty"`
	Phone string `json:"phone,omitempty"`
	Page  struct {
		URL      string `json:"url"`
		Title    string `json:"title,omitempty"`
		Referrer string `json:"referrer,omitempty"`
	} `json:"page"`
}

type visitorAnswer struct {
	VisitorID string `json:"visitor_id"`
	Token     string `json:"token"`
}

// postVisitor makes a visitor, or tells what is new about one.
func (l *liveChat) postVisitor(call liveCall) error {
	var body visitorBody
	if err := decodeBody(call.Request(), &body); err != nil {
		return err
	}
	told := profileOf(body, call.Request().Header.Get("Accept-Language"))
	known, err := l.signer.Visitor(body.Token, call.channel.ID)
	if err != nil {
		return l.newVisitor(call, told)
	}
	chat, err := l.Store.VisitorChat(call.Request().Context(), call.channel.ID, known.ID)
	if err != nil {
		return err
	}
	if chat == nil {
		// Nobody has heard of the visitor yet, so the news travel in a new token.
		known.Profile = told.Over(known.Profile)
		return l.answerVisitor(call, known)
	}
	err = l.Store.Change(call.Request().Context(), func(ctx context.Context, tx *db.Tx) error {
		return tx.UpdateVisitor(ctx, *chat, told)
	})
	if err != nil {
		return err
	}
	return call.JSON(http.StatusOK, visitorAnswer{VisitorID: known.ID, Token: body.Token})
}

func (l *liveChat) newVisitor(call liveCall, profile crm.Profile) error {
	if err := l.limits.newVisitors.check(networkOf(call.RealIP())); err != nil {
		return err
	}
	return l.answerVisitor(call, livechat.Visitor{ID: uuid.NewString(), ChannelID: call.channel.ID, Profile: profile})
}

func (l *liveChat) answerVisitor(call liveCall, visitor livechat.Visitor) error {
	token, err := l.signer.Token(visitor)
	if err != nil {
		return err
	}
	return call.JSON(http.StatusOK, visitorAnswer{VisitorID: visitor.ID, Token: token})
}

// profileOf takes what a page says about its visitor. What can't be true is left out and what is too long is cut: the
// visitor did not write it, and must not be kept from chatting by it.
func profileOf(body visitorBody, acceptLanguage string) crm.Profile {
	const long, longAddress = 100, 1000
	profile := crm.Profile{Name: cutText(body.Name, long), Phone: cutText(body.Phone, long), PageURL: cutText(body.Page.URL, longAddress)}
	if crm.AddressFault(profile.PageURL, crm.WebSchemes) != "" {
		profile.PageURL = ""
	}
	if address, err := mail.ParseAddress(body.Email); err == nil && len(address.Address) <= long {
		profile.Email = address.Address
	}
	if tags, _, err := language.ParseAcceptLanguage(acceptLanguage); err == nil && len(tags) > 0 {
		profile.Language = tags[0].String()
	}
	return profile
}

func cutText(text string, most int) string {
	runes := []rune(strings.TrimSpace(strings.ToValidUTF8(text, "")))
	return string(runes[:min(len(runes), most)])
}
