package api_test

import (
	"fmt"
	"net/http"
	"testing"
)

// What is stored has to be read again, by everybody and on both databases: what can't be is refused by its field's name.
func TestWhatCannotBeStoredIsRefusedByTheFieldsName(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(w *world) {
		w.ensureDefaults()
		lead := w.call("POST", "/api/v4/leads", `[{"name":"A"}]`).want(200)
		id := fmt.Sprint(at(lead, "_embedded", "leads", 0, "id"))
		for _, c := range []struct{ name, method, path, body, field string }{
			{"a task in milliseconds", "POST", "/tasks", `[{"text":"x","complete_till":1790000000000}]`, "complete_till"},
			{"a changed task in milliseconds", "PATCH", "/tasks/1", `{"complete_till":1790000000000}`, "complete_till"},
			{"a lead before the year 0", "POST", "/leads", `[{"created_at":-99999999999}]`, "created_at"},
			{"a lead of 1969", "POST", "/leads", `[{"created_at":-1}]`, "created_at"},
			{"a contact of the year 10000", "POST", "/contacts", `[{"created_at":253402300800}]`, "created_at"},
			{"a company in milliseconds", "POST", "/companies", `[{"created_at":1790000000000}]`, "created_at"},
			{"a note in milliseconds", "POST", "/leads/" + id + "/notes", `[{"note_type":"common","params":{"text":"x"},"created_at":1790000000000}]`, "created_at"},
			{"a token in milliseconds", "POST", "/tokens", `{"name":"x","expires_at":1790000000000}`, "expires_at"},
			{"a filter in milliseconds", "GET", "/leads?filter[created_at][from]=1790000000000", "", "filter[created_at][from]"},
			{"a null among leads", "POST", "/leads", `[null]`, "body"},
			{"a null among tags", "PATCH", "/leads/" + id, `{"tags_to_add":[null]}`, "tags_to_add.0"},
			{"a fraction of a status", "PATCH", "/leads/" + id, `{"status_id":1.5}`, "status_id"},
			{"more than 64 bits", "PATCH", "/leads/" + id, `{"status_id":9223372036854775808}`, "status_id"},
			{"more than 32 bits", "PATCH", "/leads/pipelines/1", `{"sort":2147483648}`, "sort"},
			{"half a character", "PATCH", "/leads/" + id, `{"name":"a\ud800"}`, "name"},
			{"no UTF-8", "PATCH", "/leads/" + id, "{\"name\":\"a\xff\"}", "name"},
			{"NUL", "PATCH", "/leads/" + id, `{"name":"a\u0000"}`, "name"},
			{"a field twice", "PATCH", "/leads/" + id, `{"name":"a","name":"b"}`, "name"},
			{"a number beyond counting", "POST", "/leads", `[{"custom_fields_values":[{"field_id":1,"values":[{"value":1e400}]}]}]`, "custom_fields_values.0.values.0.value"},
			{"NUL in a filter", "GET", "/leads?query=a%00", "", "query"},
			{"a page beyond counting", "GET", "/leads?page=9223372036854775807", "", "page"},
			{"a price beyond counting", "GET", "/leads?filter[price][from]=9223372036854775807", "", "filter[price][from]"},
			{"six days", "PUT", "/account/working_hours", `{"time_zone":"","days":[[],[],[],[],[],[]]}`, "days"},
		} {
			r := w.call(c.method, "/api/v4"+c.path, c.body)
			if r.StatusCode != http.StatusBadRequest {
				w.t.Errorf("%s: %d %s", c.name, r.StatusCode, r.body)
				continue
			}
			r.refused(400, "invalid", c.field)
		}
		w.call("PATCH", "/api/v4/leads/"+id, `{"name":"\\u0000 is written so, and a pair is \ud83d\ude00"}`).want(200)
	})
}
