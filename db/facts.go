package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/uptrace/bun"

	"salesbot/bot"
	"salesbot/crm"
)

// Facts reads what placeholder names stand for: each card is read once, when the first name needs it. It is for one
// turn: what it has read does not change afterwards.
type Facts struct {
	q       bun.IDB
	subject bot.Subject
	chatID  string

	lead    *crm.Lead
	contact *crm.Contact
	company *crm.Company
	chat    *crm.Chat
	kind    *string
	users   map[int64]crm.User
	fields  map[crm.Entity]map[string][]string
}

func newFacts(q bun.IDB, subject bot.Subject, chatID string) *Facts {
	return &Facts{q: q, subject: subject, chatID: chatID, users: map[int64]crm.User{}, fields: map[crm.Entity]map[string][]string{}}
}

// Facts reads as of now.
func (s *Store) Facts(subject bot.Subject, chatID string) *Facts {
	return newFacts(s.read, subject, chatID)
}

// Facts reads what this transaction sees.
func (tx *Tx) Facts(subject bot.Subject, chatID string) *Facts {
	return newFacts(tx, subject, chatID)
}

// Fact is one fact; for several names Facts is cheaper.
func (tx *Tx) Fact(ctx context.Context, subject bot.Subject, chatID, name string) ([]string, bool, error) {
	return tx.Facts(subject, chatID).Get(ctx, name)
}

// Get is what the name stands for now: nothing, one value or several. ok is false if the name is none of the store's.
//
// lead.{id,name,price,status_id,status,pipeline_id,pipeline,source_id,source,responsible_user_id,tags}, contact.{id,name,first_name,last_name,
// phone,email,responsible_user_id,tags}, company.{id,name,responsible_user_id,tags}, each card's cf.<id or code> and
// responsible.{id,name,email}, profile.{name,first_name,last_name,username,phone,email,language,page_url}, origin,
// messenger, talk.id, name. The contact is the one of the chat, or without a chat the lead's main one. Prices are in
// major units.
func (f *Facts) Get(ctx context.Context, name string) (values []string, ok bool, err error) {
	switch name {
	case "name":
		name = "contact.name"
	case "origin", "messenger":
		values, err = f.channelKind(ctx)
		return values, true, err
	case "talk.id":
		values, err = f.talkID(ctx)
		return values, true, err
	}
	card, field, _ := strings.Cut(name, ".")
	switch card {
	case "lead":
		return f.ofLead(ctx, field)
	case "contact":
		return f.ofContact(ctx, field)
	case "company":
		return f.ofCompany(ctx, field)
	case "profile":
		return f.ofProfile(ctx, field)
	}
	return nil, false, nil
}

func (f *Facts) ofLead(ctx context.Context, field string) ([]string, bool, error) {
	lead, err := f.theLead(ctx)
	if err != nil {
		return nil, true, err
	}
	switch field {
	case "price":
		if lead.ID == 0 {
			return nil, true, nil
		}
		return one(crm.FormatPrice(lead.Price)), true, nil
	case "status_id":
		return number64(lead.StageID), true, nil
	case "pipeline_id":
		return number64(lead.PipelineID), true, nil
	case "source_id":
		return number64(lead.SourceID), true, nil
	case "status", "pipeline", "source":
		values, err := f.nameOf(ctx, lead, field)
		return values, true, err
	}
	return f.ofCard(ctx, crm.Entity{Type: crm.Leads, ID: lead.ID}, lead.Name, lead.ResponsibleID, field)
}

func (f *Facts) ofContact(ctx context.Context, field string) ([]string, bool, error) {
	contact, err := f.theContact(ctx)
	if err != nil {
		return nil, true, err
	}
	switch field {
	case "first_name":
		return one(contact.FirstName), true, nil
	case "last_name":
		return one(contact.LastName), true, nil
	case "phone":
		field = "cf." + crm.CodePhone
	case "email":
		field = "cf." + crm.CodeEmail
	}
	return f.ofCard(ctx, crm.Entity{Type: crm.Contacts, ID: contact.ID}, contact.Name, contact.ResponsibleID, field)
}

func (f *Facts) ofCompany(ctx context.Context, field string) ([]string, bool, error) {
	company, err := f.theCompany(ctx)
	if err != nil {
		return nil, true, err
	}
	switch field {
	case "phone":
		field = "cf." + crm.CodePhone
	case "email":
		field = "cf." + crm.CodeEmail
	}
	return f.ofCard(ctx, crm.Entity{Type: crm.Companies, ID: company.ID}, company.Name, company.ResponsibleID, field)
}

// ofCard answers what every card has.
func (f *Facts) ofCard(ctx context.Context, card crm.Entity, name string, responsibleID int64, field string) ([]string, bool, error) {
	switch field {
	case "id":
		return number64(card.ID), true, nil
	case "name":
		return one(name), true, nil
	case "responsible_user_id", "responsible.id":
		return number64(responsibleID), true, nil
	case "responsible.name", "responsible.email":
		user, err := f.user(ctx, responsibleID)
		if field == "responsible.name" {
			return one(user.Name), true, err
		}
		return one(user.Email), true, err
	case "tags":
		values, err := f.tags(ctx, card)
		return values, true, err
	}
	key, isField := strings.CutPrefix(field, "cf.")
	if !isField {
		return nil, false, nil
	}
	values, err := f.customFields(ctx, card)
	return values[key], true, err
}

func (f *Facts) ofProfile(ctx context.Context, field string) ([]string, bool, error) {
	chat, err := f.theChat(ctx)
	p := chat.Profile
	value, known := map[string]string{"name": p.Name, "first_name": p.FirstName, "last_name": p.LastName, "username": p.Username,
		"phone": p.Phone, "email": p.Email, "language": p.Language, "page_url": p.PageURL}[field]
	return one(value), known, err
}

// theLead is empty for a subject without one.
func (f *Facts) theLead(ctx context.Context) (crm.Lead, error) {
	if f.lead == nil {
		f.lead = new(crm.Lead)
		if f.subject.LeadID != 0 {
			if err := f.read(ctx, f.lead, f.subject.LeadID); err != nil {
				return crm.Lead{}, err
			}
		}
	}
	return *f.lead, nil
}

func (f *Facts) theContact(ctx context.Context) (crm.Contact, error) {
	if f.contact != nil {
		return *f.contact, nil
	}
	id, err := f.contactID(ctx)
	if err != nil {
		return crm.Contact{}, err
	}
	f.contact = new(crm.Contact)
	if id == 0 {
		return *f.contact, nil
	}
	return *f.contact, f.read(ctx, f.contact, id)
}

func (f *Facts) contactID(ctx context.Context) (int64, error) {
	chat, err := f.theChat(ctx)
	if err != nil || chat.ContactID != 0 {
		return chat.ContactID, err
	}
	if f.subject.ContactID != 0 || f.subject.LeadID == 0 {
		return f.subject.ContactID, nil
	}
	ties, err := contactsOf(ctx, f.q, []int64{f.subject.LeadID})
	if err != nil || len(ties) == 0 {
		return 0, err
	}
	return ties[0].ContactID, nil
}

func (f *Facts) theCompany(ctx context.Context) (crm.Company, error) {
	if f.company != nil {
		return *f.company, nil
	}
	id, err := f.companyID(ctx)
	if err != nil {
		return crm.Company{}, err
	}
	f.company = new(crm.Company)
	if id == 0 {
		return *f.company, nil
	}
	return *f.company, f.read(ctx, f.company, id)
}

func (f *Facts) companyID(ctx context.Context) (int64, error) {
	lead, err := f.theLead(ctx)
	if err != nil || lead.CompanyID != 0 {
		return lead.CompanyID, err
	}
	contact, err := f.theContact(ctx)
	return contact.CompanyID, err
}

// theChat is empty without one.
func (f *Facts) theChat(ctx context.Context) (crm.Chat, error) {
	if f.chat == nil {
		f.chat = new(crm.Chat)
		if f.chatID != "" {
			if err := f.read(ctx, f.chat, f.chatID); err != nil {
				return crm.Chat{}, err
			}
		}
	}
	return *f.chat, nil
}

// read leaves the row empty if it does not exist: a placeholder of a deleted card renders as empty.
func (f *Facts) read(ctx context.Context, row, id any) error {
	err := f.q.NewSelect().Model(row).Where("id = ?", id).Scan(ctx)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("read %T %v: %w", row, id, err)
	}
	return nil
}

func (f *Facts) user(ctx context.Context, id int64) (crm.User, error) {
	user, known := f.users[id]
	if known || id == 0 {
		return user, nil
	}
	err := f.read(ctx, &user, id)
	f.users[id] = user
	return user, err
}

func (f *Facts) tags(ctx context.Context, card crm.Entity) ([]string, error) {
	tags, err := tagsOf(ctx, f.q, card.Type, []int64{card.ID})
	names := make([]string, 0, len(tags[card.ID]))
	for _, tag := range tags[card.ID] {
		names = append(names, tag.Name)
	}
	return names, err
}

// customFields are all of the card's values, each under its field's id and code.
func (f *Facts) customFields(ctx context.Context, card crm.Entity) (map[string][]string, error) {
	if known, ok := f.fields[card]; ok {
		return known, nil
	}
	values, err := valuesOf(ctx, f.q, card.Type, []int64{card.ID})
	if err != nil {
		return nil, err
	}
	fields, err := fieldsOf(ctx, f.q, card.Type)
	if err != nil {
		return nil, err
	}
	texts := map[string][]string{}
	for _, value := range values[card.ID] {
		field, _ := findField(fields, FieldInput{FieldID: value.FieldID})
		list := make([]string, len(value.Values))
		for i, v := range value.Values {
			list[i] = field.Text(v)
		}
		texts[strconv.FormatInt(field.ID, 10)] = list
		if field.Code != "" {
			texts[field.Code] = list
		}
	}
	f.fields[card] = texts
	return texts, nil
}

func (f *Facts) channelKind(ctx context.Context) ([]string, error) {
	if f.kind != nil {
		return one(*f.kind), nil
	}
	chat, err := f.theChat(ctx)
	if err != nil || chat.ChannelID == 0 {
		return nil, err
	}
	var channel crm.Channel
	err = f.read(ctx, &channel, chat.ChannelID)
	f.kind = &channel.Kind
	return one(channel.Kind), err
}

// talkID is the chat's open talk, or its last one.
func (f *Facts) talkID(ctx context.Context) ([]string, error) {
	if f.chatID == "" {
		return nil, nil
	}
	var talk crm.Talk
	err := f.q.NewSelect().Model(&talk).Where("chat_id = ?", f.chatID).OrderExpr("id DESC").Limit(1).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return number64(talk.ID), err
}

func one(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

func number64(n int64) []string {
	if n == 0 {
		return nil
	}
	return []string{strconv.FormatInt(n, 10)}
}
