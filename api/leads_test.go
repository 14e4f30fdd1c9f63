package api_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"salesbot/crm"
	"salesbot/db"
)

func TestLeads(t *testing.T) {
	play(t, []step{
		{"GET", "/leads", "", 204, nil},
		{"GET", "/leads/1", "", 204, nil},
		{"POST", "/leads", `[{"name":"Boat","price":19.9,"request_id":"a"},{"status_id":142,"created_at":1600000000,"_embedded":{"tags":[{"name":"vip"}]}}]`, 200,
			[]string{`"leads":[{"id":1,"request_id":"a","_links"`, `{"id":2,"request_id":"1"`}},
		{"GET", "/leads/1", "", 200, []string{`"name":"Boat"`, `"price":19,"price_with_minor_units":19.9`, `"status_id":1002`, `"custom_fields_values":null`,
			`"closed_at":null`, `"responsible_user_id":1`, `"created_by":1`, `"_embedded":{"tags":[],"companies":[]}`, `!"contacts"`}},
		{"GET", "/leads/2", "", 200, []string{`"name":"Lead #2"`, `"status_id":142`, `"created_at":1600000000`, `!"closed_at":null`, `"name":"vip"`}},
		{"PATCH", "/leads/1", `{"price":20,"status_id":1004,"tags_to_add":[{"name":"new"},{"id":1}]}`, 200, []string{`{"id":1,"updated_at":`}},
		{"GET", "/leads/1", "", 200, []string{`"price":20`, `"status_id":1004`, `"name":"new"`, `"name":"vip"`}},
		{"PATCH", "/leads", `[{"id":1,"name":"Ship","_embedded":{"tags":[{"name":"only"}]}},{"id":2,"price":5}]`, 200, []string{`"id":1,"request_id":"0"`}},
		{"GET", "/leads/1", "", 200, []string{`"name":"Ship"`, `"name":"only"`, `!"vip"`}},
		{"GET", "/leads?limit=1", "", 200, []string{`"_page":1`, `"next"`, `"id":1`, `!"id":2`}},
		{"GET", "/leads?page=2&limit=1", "", 200, []string{`"_page":2`, `!"next"`, `"id":2`}},
		{"GET", "/leads?page=3&limit=1", "", 204, nil},
		{"GET", "/leads?order[id]=desc&limit=1", "", 200, []string{`"id":2`}},
		{"GET", "/leads?filter[id][]=2&filter[id][]=7", "", 200, []string{`"id":2`, `!"Ship"`}},
		{"GET", "/leads?filter[name]=Ship", "", 200, []string{`"Ship"`}},
		{"GET", "/leads?filter[statuses][0][pipeline_id]=1&filter[statuses][0][status_id]=142", "", 200, []string{`"id":2`, `!"Ship"`}},
		{"GET", "/leads?filter[price][from]=20", "", 200, []string{`"Ship"`, `!"Lead #2"`}},
		{"GET", "/leads?filter[created_at][to]=1600000000", "", 200, []string{`"Lead #2"`, `!"Ship"`}},
		{"GET", "/leads?query=shi", "", 200, []string{`"Ship"`}},
		{"GET", "/leads?query=boat", "", 204, nil},
		{"DELETE", "/leads/2", "", 204, nil},
		{"GET", "/leads?with=only_deleted", "", 200, []string{`"is_deleted":true`, `"id":2`}},
	})
}

func TestWrongLeadsChangeNothing(t *testing.T) {
	many := "[" + strings.TrimSuffix(strings.Repeat("{},", 251), ",") + "]"
	eachWorld(t, func(w *world) {
		w.ensureDefaults()
		w.call(http.MethodPost, "/api/v4/leads", `[{}]`).want(200)
		w.call(http.MethodPost, "/api/v4/contacts/tags", `[{"name":"a contact's"}]`).want(200)
		for _, c := range []struct {
			method, path, body string
			status             int
			code, field        string
		}{
			{"POST", "/leads", `[{"status_id":99}]`, 400, "invalid", "status_id"},
			{"POST", "/leads", `[{"pipeline_id":99}]`, 400, "invalid", "pipeline_id"},
			{"POST", "/leads", `[{"responsible_user_id":99}]`, 400, "invalid", "responsible_user_id"},
			{"POST", "/leads", `[{"custom_fields_values":[{"field_id":77,"values":[{"value":"x"}]}]}]`, 400, "invalid", "custom_fields_values.0.field_id"},
			{"POST", "/leads", `[{"price":-1}]`, 400, "invalid", "price"},
			{"POST", "/leads", `[{"price":1e300}]`, 400, "invalid", "price"},
			{"POST", "/leads", `[{"price":1.555}]`, 400, "invalid", "price"},
			{"POST", "/leads", `[{"price_with_minor_units":1.555}]`, 400, "invalid", "price_with_minor_units"},
			{"POST", "/leads", `[{"price_with_minor_units":1e300}]`, 400, "invalid", "price_with_minor_units"},
			{"POST", "/leads", `[{"price":2,"price_with_minor_units":1.5}]`, 400, "invalid", "price_with_minor_units"},
			{"POST", "/leads", `[{"prise":1}]`, 400, "invalid", "prise"},
			{"POST", "/leads", `[]`, 400, "invalid", "body"},
			{"POST", "/leads", `{`, 400, "invalid", "body"},
			{"POST", "/leads", many, 422, "unprocessable", ""},
			{"PATCH", "/leads", `[{"name":"x"}]`, 400, "invalid", "id"},
			{"PATCH", "/leads/1", `{"_embedded":{"contacts":[{"id":9}]}}`, 400, "invalid", "to_entity_id"},
			{"PATCH", "/leads/1", `{"tags_to_add":[{"id":9}]}`, 400, "invalid", "tags"},
			{"PATCH", "/leads/1", `{"tags_to_add":[{"id":1}]}`, 400, "invalid", "tags"}, // it is a contact's
			{"PATCH", "/leads/9", `{"name":"x"}`, 404, "not_found", ""},
			{"DELETE", "/leads/9", "", 404, "not_found", ""},
			{"GET", "/leads?limit=251", "", 400, "invalid", "limit"},
			{"GET", "/leads?order[id]=up", "", 400, "invalid", "order[id]"},
			{"GET", "/leads?cursor=zzz", "", 400, "invalid", "cursor"},
			{"GET", "/leads?filter[statuses][0][pipeline_id]=1", "", 400, "invalid", "filter[statuses][0][status_id]"},
			{"GET", "/leads?filter[id][]=x", "", 400, "invalid", "filter[id][]"},
		} {
			w.call(c.method, "/api/v4"+c.path, c.body).refused(c.status, c.code, c.field)
		}
		problem := w.call(http.MethodPost, "/api/v4/leads", `[{},{"request_id":"second","status_id":99}]`).want(400)
		require.Equal(w.t, "second", at(problem, "validation-errors", 0, "request_id"))
		leads, _, err := w.store.Leads(w.t.Context(), db.CardFilter{}, db.Sort{}, db.Paging{})
		require.NoError(w.t, err)
		require.Len(w.t, leads, 1)
	})
}

func TestFollowingNextMeetsEveryLeadOnce(t *testing.T) {
	eachWorld(t, func(w *world) {
		w.ensureDefaults()
		w.call(http.MethodPost, "/api/v4/leads", "["+strings.TrimSuffix(strings.Repeat("{},", 7), ",")+"]").want(200)
		var met []float64
		path := "/api/v4/leads?limit=3&order[updated_at]=desc"
		for path != "" {
			list := w.call(http.MethodGet, path, "").want(200)
			leads, _ := at(list, "_embedded", "leads").([]any)
			for _, lead := range leads {
				id, _ := at(lead, "id").(float64)
				met = append(met, id)
			}
			href, _ := at(list, "_links", "next", "href").(string)
			next, err := url.Parse(href)
			require.NoError(w.t, err)
			if path = ""; href != "" {
				path = next.RequestURI()
			}
		}
		require.Equal(w.t, []float64{7, 6, 5, 4, 3, 2, 1}, met)
	})
}

func TestContactsCompaniesAndLinks(t *testing.T) {
	play(t, []step{
		{"POST", "/leads", `[{"name":"Boat"}]`, 200, nil},
		{"POST", "/companies", `[{"name":"Acme","custom_fields_values":[{"field_code":"EMAIL","values":[{"value":"a@b.co"}]}]}]`, 200, []string{`"companies":[{"id":1`}},
		{"POST", "/contacts", `[{"first_name":"Ann","last_name":"Lee","custom_fields_values":[{"field_code":"PHONE","values":[{"value":"+1 555 0100","enum_code":"MOB"}]}]},{"name":"Bo Day"}]`, 200,
			[]string{`"contacts":[{"id":1,"request_id":"0"`}},
		{"GET", "/contacts/1", "", 200, []string{`"name":"Ann Lee"`, `"first_name":"Ann"`, `"field_code":"PHONE","field_type":"multitext","values":[{"value":"+1 555 0100","enum_id":3,"enum_code":"MOB"}]`}},
		{"GET", "/contacts?query=5550100", "", 200, []string{`"Ann Lee"`, `!"Bo Day"`}},
		{"PATCH", "/leads/1", `{"_embedded":{"contacts":[{"id":1},{"id":2,"is_main":true}],"companies":[{"id":1}]}}`, 200, nil},
		{"GET", "/leads/1?with=contacts", "", 200, []string{`"companies":[{"id":1`, `"contacts":[{"id":2,"is_main":true`, `{"id":1,"is_main":false`}},
		{"GET", "/contacts?with=leads", "", 200, []string{`"leads":[{"id":1`}},
		{"POST", "/contacts/1/link", `[{"to_entity_id":1,"to_entity_type":"companies"}]`, 200, []string{`"to_entity_type":"companies"`}},
		{"GET", "/companies/1?with=leads,contacts", "", 200, []string{`"leads":[{"id":1`, `"contacts":[{"id":1`, `"a@b.co"`}},
		{"GET", "/leads/1/links", "", 200, []string{`{"to_entity_id":2,"to_entity_type":"contacts","metadata":{"main_contact":true}}`, `{"to_entity_id":1,"to_entity_type":"companies","metadata":null}`}},
		{"GET", "/contacts/1/links", "", 200, []string{`"to_entity_type":"leads"`, `"to_entity_type":"companies"`}},
		{"GET", "/companies/1/links", "", 200, []string{`"to_entity_type":"leads"`, `"to_entity_type":"contacts"`}},
		{"POST", "/leads/1/unlink", `[{"to_entity_id":2,"to_entity_type":"contacts"},{"to_entity_id":1,"to_entity_type":"companies"}]`, 204, nil},
		{"GET", "/leads/1/links", "", 200, []string{`{"to_entity_id":1,"to_entity_type":"contacts","metadata":{"main_contact":true}}`, `!companies`}},
		{"POST", "/leads/1/link", `[{"to_entity_id":1,"to_entity_type":"leads"}]`, 400, []string{`"path":"to_entity_type"`}},
		{"POST", "/leads/1/link", `[{"to_entity_id":77,"to_entity_type":"contacts"}]`, 400, []string{`"path":"to_entity_id"`}},
		{"PATCH", "/contacts/2", `{"name":"Cy Dow","_embedded":{"companies":[{"id":1}]}}`, 200, nil},
		{"GET", "/contacts/2", "", 200, []string{`"first_name":"Cy","last_name":"Dow"`, `"companies":[{"id":1`}},
		{"PATCH", "/contacts", `[{"id":1,"custom_fields_values":[{"field_id":1,"values":null}]}]`, 200, nil},
		{"GET", "/contacts/1", "", 200, []string{`"custom_fields_values":null`}},
		{"PATCH", "/contacts/1", `{"custom_fields_values":[{"field_code":"EMAIL","values":[{"value":"nonsense"}]}]}`, 400, []string{`"path":"custom_fields_values.0.values.0.value"`}},
		{"PATCH", "/companies/1", `{"name":"Apex"}`, 200, nil},
		{"PATCH", "/companies", `[{"id":1,"_embedded":{"tags":[{"name":"key"}]}}]`, 200, nil},
		{"GET", "/companies?query=apex", "", 200, []string{`"Apex"`, `"key"`}},
		{"POST", "/companies", `[{}]`, 400, []string{`"path":"name"`}},
		{"DELETE", "/companies/1", "", 204, nil},
		{"GET", "/companies", "", 204, nil},
		{"GET", "/contacts/2", "", 200, []string{`"companies":[]`}},
		{"DELETE", "/contacts/1", "", 204, nil},
		{"GET", "/contacts/1", "", 204, nil},
		{"GET", "/leads/1/links", "", 204, nil},
	})
}

func TestTheBoard(t *testing.T) {
	eachWorld(t, func(w *world) {
		w.ensureDefaults()
		w.call(http.MethodPost, "/api/v4/leads", `[{"price":1.5},{"price":2},{"name":"Ship","status_id":1003}]`).want(200)
		w.call(http.MethodPost, "/api/v4/contacts", `[{"name":"Ann"}]`).want(200)
		w.call(http.MethodPatch, "/api/v4/leads/1", `{"tags_to_add":[{"name":"vip"}],"_embedded":{"contacts":[{"id":1}]}}`).want(200)
		w.call(http.MethodPost, "/api/v4/tasks", `[{"text":"Call","complete_till":1900000000,"entity_id":1,"entity_type":"leads"}]`).want(200)
		board := w.call(http.MethodGet, "/api/v4/leads/pipelines/1/board?limit=1", "").want(200)
		require.InDelta(w.t, 3, at(board, "count"), 0)
		require.InDelta(w.t, 3.5, at(board, "sum"), 0)
		column := at(board, "_embedded", "statuses", 1)
		require.InDelta(w.t, 2, at(column, "count"), 0)
		require.InDelta(w.t, 3.5, at(column, "sum"), 0)
		card := at(column, "_embedded", "cards", 0)
		require.Equal(w.t, "Ann", at(card, "main_contact", "name"))
		require.Equal(w.t, "Call", at(card, "next_task", "text"))
		require.Equal(w.t, "vip", at(card, "tags", 0, "name"))
		require.Nil(w.t, at(card, "last_message"))
		require.Empty(w.t, at(board, "_embedded", "statuses", 0, "_embedded", "cards"))

		next := fmt.Sprintf("/api/v4/leads/pipelines/1/statuses/1002/cards?limit=1&cursor=%s", at(column, "next_cursor"))
		rest := w.call(http.MethodGet, next, "").want(200)
		require.InDelta(w.t, 2, at(rest, "_embedded", "cards", 0, "id"), 0)
		require.Nil(w.t, at(rest, "_links", "next"))

		found := w.call(http.MethodGet, "/api/v4/leads/pipelines/1/board?query=ship", "").want(200)
		require.InDelta(w.t, 1, at(found, "count"), 0)
		w.call(http.MethodGet, "/api/v4/leads/pipelines/9/board", "").refused(404, "not_found", "")
		w.call(http.MethodGet, "/api/v4/leads/pipelines/1/statuses/9/cards", "").refused(404, "not_found", "")
	})
}

func TestAManagersChangesAreInTheirName(t *testing.T) {
	eachWorld(t, func(w *world) {
		w.ensureDefaults()
		w.call(http.MethodPost, "/api/v4/leads", `[{}]`).want(200)
		var event crm.Event
		require.NoError(w.t, w.store.Change(w.t.Context(), func(ctx context.Context, tx *db.Tx) error {
			return tx.NewSelect().Model(&event).Where("type = ?", crm.LeadAdded).Scan(ctx)
		}))
		require.Equal(w.t, crm.Actor{Kind: crm.ByUser, ID: w.adminID}, crm.Actor{Kind: event.ActorKind, ID: event.ActorID})
	})
}

// Prices are kept in minor units and filtered in whole major ones, each of which stands for all its cents.
func TestAPriceFilterCountsTheCents(t *testing.T) {
	play(t, []step{
		{"POST", "/leads", `[{"name":"Below","price":18.99},{"name":"Even","price":19},{"name":"Cents","price":19.99},{"name":"Above","price":20}]`, 200, nil},
		{"GET", "/leads?filter[price][from]=19&filter[price][to]=19", "", 200, []string{`!"Below"`, `"Even"`, `"Cents"`, `!"Above"`, `"price_with_minor_units":19.99`}},
		{"GET", "/leads?filter[price][from]=19", "", 200, []string{`!"Below"`, `"Even"`, `"Cents"`, `"Above"`}},
		{"GET", "/leads?filter[price][from]=20", "", 200, []string{`!"Below"`, `!"Even"`, `!"Cents"`, `"Above"`}},
		{"GET", "/leads?filter[price][to]=19", "", 200, []string{`"Below"`, `"Even"`, `"Cents"`, `!"Above"`}},
		{"GET", "/leads?filter[price][to]=18", "", 200, []string{`"Below"`, `!"Even"`, `!"Cents"`, `!"Above"`}},
	})
}

// What is read can be written back; a price that cents can't hold is refused, and none is cut.
func TestAPriceKeepsItsCents(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(w *world) {
		w.ensureDefaults()
		w.call("POST", "/api/v4/leads", `[{"name":"Boat"}]`).want(200)
		for _, c := range []struct {
			write string
			price float64
		}{{`"price":1.5`, 1.5}, {`"price_with_minor_units":19.9`, 19.9}, {`"price":19,"price_with_minor_units":19.99`, 19.99}, {`"price":0.07`, 0.07},
			{`"price":1999999.99`, 1999999.99}, {`"price":20`, 20}} {
			w.call("PATCH", "/api/v4/leads/1", "{"+c.write+"}").want(200)
			lead := w.call("GET", "/api/v4/leads/1", "").want(200)
			require.InDelta(w.t, c.price, at(lead, "price_with_minor_units"), 0, c.write)
		}
	})
}
