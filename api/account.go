package api

import (
	"context"
	"net/http"
	"regexp"
	"time"

	"salesbot/crm"
	"salesbot/db"
)

func (s *Server) accountRoutes() {
	const tag = "Account"
	register(s, Operation{ID: "getAccount", Method: http.MethodGet, Path: "/api/v4/account", Tag: tag, Role: crm.Manager, Summary: "Get the account"}, s.getAccount)
	register(s, Operation{ID: "updateAccount", Method: http.MethodPatch, Path: "/api/v4/account", Tag: tag, Role: crm.Administrator, Summary: "Change the account"}, s.updateAccount)
}

// accountID is the account's number. There is one account a server; Kommo's clients want to read one.
const accountID = 1

// accountSetting is the name under which the account's own settings are kept.
const accountSetting = "account"

// accountSettings are what an administrator sets once.
type accountSettings struct {
	Name     string `json:"name"`
	Country  string `json:"country"`
	Language string `json:"language"`
	Currency string `json:"currency"`
	Timezone string `json:"timezone"`
}

type accountJSON struct {
	ID            int64  `json:"id"`
	Name          string `json:"name"`
	Subdomain     string `json:"subdomain"`
	CurrentUserID int64  `json:"current_user_id"`
	Country       string `json:"country"`
	Language      string `json:"language"`
	Currency      string `json:"currency"`
	Timezone      string `json:"timezone"`
	CustomersMode string `json:"customers_mode"`
	IsUnsortedOn  bool   `json:"is_unsorted_on"`
	Links         Links  `json:"_links"`
	Embedded      struct {
		TaskTypes []taskType `json:"task_types"`
	} `json:"_embedded"`
}

type taskType struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
	Code string `json:"code"`
}

func (s *Server) getAccount(ctx context.Context, _ None, _ None) (accountJSON, error) {
	settings := accountSettings{Name: "Salesbot", Country: "US", Language: "en", Currency: "USD", Timezone: "UTC"}
	if _, err := s.Store.Setting(ctx, accountSetting, &settings); err != nil {
		return accountJSON{}, err
	}
	account := accountJSON{ID: accountID, Name: settings.Name, Subdomain: "salesbot", CurrentUserID: callerOf(ctx).UserID,
		Country: settings.Country, Language: settings.Language, Currency: settings.Currency, Timezone: settings.Timezone,
		CustomersMode: "unavailable", IsUnsortedOn: true, Links: selfLink(ctx, "/account")}
	account.Embedded.TaskTypes = []taskType{{ID: crm.TaskFollowUp, Name: "Follow-up", Code: "FOLLOW_UP"}, {ID: crm.TaskMeeting, Name: "Meeting", Code: "MEETING"}}
	return account, nil
}

type accountPatch struct {
	Name     *string `json:"name,omitempty"`
	Country  *string `json:"country,omitempty"`
	Language *string `json:"language,omitempty"`
	Currency *string `json:"currency,omitempty"`
	Timezone *string `json:"timezone,omitempty"`
}

func (s *Server) updateAccount(ctx context.Context, _ None, body accountPatch) (accountJSON, error) {
	if err := body.check(); err != nil {
		return accountJSON{}, err
	}
	current, err := s.getAccount(ctx, None{}, None{})
	if err != nil {
		return current, err
	}
	settings := accountSettings{Name: current.Name, Country: current.Country, Language: current.Language, Currency: current.Currency, Timezone: current.Timezone}
	for _, change := range []struct{ field, value *string }{{&settings.Name, body.Name}, {&settings.Country, body.Country},
		{&settings.Language, body.Language}, {&settings.Currency, body.Currency}, {&settings.Timezone, body.Timezone}} {
		if change.value != nil {
			*change.field = *change.value
		}
	}
	err = s.Store.Change(ctx, func(ctx context.Context, tx *db.Tx) error { return tx.SetSetting(ctx, accountSetting, settings) })
	if err != nil {
		return accountJSON{}, err
	}
	return s.getAccount(ctx, None{}, None{})
}

func (p accountPatch) check() error {
	if p.Name != nil && *p.Name == "" {
		return crm.FieldError("name", "is empty")
	}
	if p.Currency != nil && !currencyCode.MatchString(*p.Currency) {
		return crm.FieldError("currency", "must be three capital letters, such as USD (ISO 4217)")
	}
	if p.Timezone != nil {
		if _, err := time.LoadLocation(*p.Timezone); err != nil || *p.Timezone == "" {
			return crm.FieldError("timezone", "%q is no time zone; use a name such as Europe/Berlin", *p.Timezone)
		}
	}
	return nil
}

var currencyCode = regexp.MustCompile(`^[A-Z]{3}$`)
