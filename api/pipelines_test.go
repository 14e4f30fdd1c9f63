package api_test

import (
	"net/http"
	"testing"
)

func TestPipelinesAndStages(t *testing.T) {
	play(t, []step{
		{"GET", "/leads/pipelines", "", 200, []string{`"_total_items":1`, `"is_main":true`, `{"id":1001,"name":"Incoming leads","sort":10,"is_editable":false,"pipeline_id":1,"color":"#c1c1c1","type":1`,
			`{"id":142,"name":"Closed - won","sort":10000`, `"color":"#D5D8DB"`}},
		{"GET", "/leads/pipelines/1", "", 200, []string{`"id":1,"name":"Sales"`, `"statuses":[`}},
		{"POST", "/leads/pipelines", `[{"name":"Service","sort":20,"is_main":false,"is_unsorted_on":false,"request_id":"x","_embedded":{"statuses":[{"name":"One","color":"#fffeb2"},{"id":143,"name":"Given up"}]}}]`, 200,
			[]string{`"id":2,"name":"Service"`, `"request_id":"x"`, `"Given up"`, `!Incoming`}},
		{"PATCH", "/leads/pipelines/2", `{"name":"Support","is_main":true,"is_unsorted_on":true}`, 200, []string{`"Support"`, `"is_main":true`, `"Incoming leads"`}},
		{"GET", "/leads/pipelines/1", "", 200, []string{`"is_main":false`}},
		{"POST", "/leads/pipelines/2/statuses", `[{"name":"Two","sort":100}]`, 200, []string{`"name":"Two","sort":30`}},
		{"GET", "/leads/pipelines/2/statuses", "", 200, []string{`"_total_items":5`}},
		{"PATCH", "/leads/pipelines/2/statuses/142", `{"name":"Solved"}`, 200, []string{`"id":142,"name":"Solved"`}},
		{"GET", "/leads/pipelines/1/statuses/142", "", 200, []string{`"Closed - won"`}},
		{"PATCH", "/leads/pipelines/2/statuses/142", `{"sort":5}`, 400, []string{`"path":"id"`}},
		{"POST", "/leads/pipelines/2/statuses", `[{"name":"x","color":"red"}]`, 400, []string{`"path":"color"`}},
		{"DELETE", "/leads/pipelines/2/statuses/142", "", 409, []string{`"code":"conflict"`}},
		{"POST", "/leads", `[{"name":"Boat","status_id":1008}]`, 200, nil},
		{"GET", "/leads/1", "", 200, []string{`"pipeline_id":2`}},
		{"DELETE", "/leads/pipelines/2", "", 409, []string{`has 1 leads`}},
		{"DELETE", "/leads/pipelines/2/statuses/1008", "", 204, nil},
		{"GET", "/leads/1", "", 200, []string{`!"status_id":1008`, `"pipeline_id":2`}},
		{"DELETE", "/leads/1", "", 204, nil},
		{"DELETE", "/leads/pipelines/2", "", 200, []string{`{}`}},
		{"DELETE", "/leads/pipelines/1", "", 409, []string{`last pipeline`}},
		{"GET", "/leads/pipelines/2", "", 404, nil},
		{"GET", "/leads/pipelines/1/statuses/9", "", 404, nil},
		{"POST", "/leads/pipelines", `[{"sort":1}]`, 400, []string{`"path":"name"`}},
	})
}

func TestOnlyAdministratorsShapeTheAccount(t *testing.T) {
	eachWorld(t, func(w *world) {
		w.ensureDefaults()
		for _, c := range [][2]string{
			{"POST", "/leads/pipelines"}, {"PATCH", "/leads/pipelines/1"}, {"DELETE", "/leads/pipelines/1"}, {"POST", "/leads/pipelines/1/statuses"},
			{"PATCH", "/leads/pipelines/1/statuses/142"}, {"DELETE", "/leads/pipelines/1/statuses/1002"}, {"POST", "/leads/custom_fields"},
			{"PATCH", "/contacts/custom_fields"}, {"PATCH", "/contacts/custom_fields/1"}, {"DELETE", "/companies/custom_fields/3"},
		} {
			r := w.send(c[0], "/api/v4"+c[1], "", map[string]string{"Authorization": "Bearer " + w.manager})
			r.refused(http.StatusForbidden, "forbidden", "")
		}
		for _, path := range []string{"/leads/pipelines", "/contacts/custom_fields", "/leads/pipelines/1/board"} {
			w.send(http.MethodGet, "/api/v4"+path, "", map[string]string{"Authorization": "Bearer " + w.manager}).want(200)
			w.send(http.MethodGet, "/api/v4"+path, "", nil).refused(http.StatusUnauthorized, "unauthorized", "")
		}
	})
}

func TestCustomFields(t *testing.T) {
	play(t, []step{
		{"GET", "/leads/custom_fields", "", 204, nil},
		{"GET", "/contacts/custom_fields", "", 200, []string{`"_total_items":2`, `"code":"PHONE"`, `{"id":1,"value":"WORK","sort":1,"code":"WORK"}`, `"is_deletable":false`}},
		{"GET", "/contacts/custom_fields?limit=1&page=2", "", 200, []string{`"EMAIL"`, `!"PHONE"`, `!"next"`}},
		{"POST", "/leads/custom_fields", `[{"name":"Size","type":"select","code":"SIZE","enums":[{"value":"S"},{"value":"L"}]},{"name":"When","type":"date"}]`, 201,
			[]string{`"id":5,"name":"Size","type":"select"`, `"id":6,"name":"When"`, `"enums":null`}},
		{"POST", "/leads", `[{"custom_fields_values":[{"field_id":5,"values":[{"value":"l"}]},{"field_id":6,"values":[{"value":1900000000}]}]}]`, 200, nil},
		{"GET", "/leads/1", "", 200, []string{`{"field_id":5,"field_name":"Size","field_code":"SIZE","field_type":"select","values":[{"value":"L","enum_id":2}],"is_computed":false}`, `"values":[{"value":1900000000}]`}},
		{"PATCH", "/leads/custom_fields/5", `{"name":"Width","enums":[{"id":2,"value":"Large"}]}`, 200, []string{`"Width"`, `"enums":[{"id":2,"value":"Large","sort":1}]`}},
		{"PATCH", "/leads/custom_fields", `[{"id":6,"sort":9}]`, 200, []string{`"sort":9`}},
		{"GET", "/leads/custom_fields/5", "", 200, []string{`"Width"`}},
		{"POST", "/leads/custom_fields", `[{"name":"x","type":"colour"}]`, 400, []string{`"path":"type"`}},
		{"POST", "/leads/custom_fields", `[{"name":"x","type":"select"}]`, 400, []string{`"path":"enums"`}},
		{"PATCH", "/leads/1", `{"custom_fields_values":[{"field_code":"SIZE","values":[{"value":"S"}]}]}`, 400, []string{`"path":"custom_fields_values.0.values.0.value"`}},
		{"DELETE", "/leads/custom_fields/5", "", 204, nil},
		{"GET", "/leads/1", "", 200, []string{`!"field_id":5`, `"field_id":6`}},
		{"DELETE", "/contacts/custom_fields/1", "", 409, nil},
		{"GET", "/leads/custom_fields/5", "", 404, nil},
	})
}

func TestTags(t *testing.T) {
	play(t, []step{
		{"GET", "/leads/tags", "", 204, nil},
		{"POST", "/leads/tags", `[{"name":"VIP","color":"DDEBB5"},{"name":"a, b","request_id":"q"}]`, 200, []string{`{"id":1,"name":"VIP","color":"DDEBB5","request_id":"0"}`, `"request_id":"q"`}},
		{"POST", "/leads/tags", `[{"name":"vip"}]`, 200, []string{`"id":1,"name":"VIP"`}},
		{"GET", "/leads/tags?query=V", "", 200, []string{`"VIP"`, `!"a, b"`}},
		{"GET", "/leads/tags?filter[name]=" + "a%2C%20B", "", 200, []string{`"a, b"`, `!"VIP"`}},
		{"GET", "/contacts/tags", "", 204, nil},
		{"POST", "/leads/tags", `[{"name":" "}]`, 400, []string{`"path":"name"`}},
		{"POST", "/leads/tags", `[{"name":"x","color":"red"}]`, 400, []string{`"path":"color"`}},
	})
}

func TestTasks(t *testing.T) {
	play(t, []step{
		{"GET", "/tasks", "", 204, nil},
		{"POST", "/leads", `[{}]`, 200, nil},
		{"POST", "/tasks", `[{"text":"Call","complete_till":1900000000,"entity_id":1,"entity_type":"leads","request_id":"r"},{"text":"Buy milk","complete_till":1800000000,"task_type_id":2}]`, 200,
			[]string{`"tasks":[{"id":1,"request_id":"r"`}},
		{"GET", "/leads/1", "", 200, []string{`"closest_task_at":1900000000`}},
		{"GET", "/tasks/1", "", 200, []string{`"entity_id":1,"entity_type":"leads"`, `"is_completed":false`, `"result":[]`, `"responsible_user_id":1`}},
		{"GET", "/tasks/2", "", 200, []string{`"entity_id":null`, `"task_type_id":2`}},
		{"PATCH", "/tasks/1", `{"is_completed":true,"result":{"text":"done"}}`, 200, []string{`"id":1,"updated_at"`}},
		{"GET", "/tasks?filter[is_completed]=1", "", 200, []string{`"result":{"text":"done"}`, `!"Buy milk"`}},
		{"GET", "/tasks?filter[is_completed]=0", "", 200, []string{`"Buy milk"`, `!"done"`}},
		{"GET", "/tasks?order[complete_till]=asc&limit=1", "", 200, []string{`"Buy milk"`, `"next"`}},
		{"GET", "/tasks?filter[entity_type]=leads&filter[entity_id][]=1", "", 200, []string{`"Call"`, `!"Buy milk"`}},
		{"PATCH", "/tasks", `[{"id":2,"text":"Buy bread"}]`, 200, nil},
		{"POST", "/tasks", `[{"text":"x"}]`, 400, []string{`"path":"complete_till"`}},
		{"POST", "/tasks", `[{"complete_till":1}]`, 400, []string{`"path":"text"`}},
		{"POST", "/tasks", `[{"text":"x","complete_till":1,"entity_id":9,"entity_type":"leads"}]`, 400, []string{`"path":"entity_id"`}},
		{"POST", "/tasks", `[{"text":"x","complete_till":1,"responsible_user_id":9}]`, 400, []string{`"path":"responsible_user_id"`}},
		{"PATCH", "/tasks/9", `{"text":"x"}`, 404, nil},
		{"DELETE", "/tasks/2", "", 204, nil},
		{"GET", "/tasks/2", "", 204, nil},
	})
}

func TestNotes(t *testing.T) {
	play(t, []step{
		{"POST", "/leads", `[{},{}]`, 200, nil},
		{"GET", "/leads/1/notes", "", 204, nil},
		{"POST", "/leads/notes", `[{"entity_id":1,"note_type":"common","params":{"text":"hello"}},{"entity_id":2,"note_type":"call_in","params":{"phone":"555","duration":60}}]`, 200, []string{`"notes":[{"id":1,"request_id":"0"`}},
		{"POST", "/leads/1/notes", `[{"note_type":"common","params":{"text":"again"}}]`, 200, []string{`"id":3`}},
		{"GET", "/leads/1/notes", "", 200, []string{`"hello"`, `"again"`, `!"call_in"`}},
		{"GET", "/leads/notes?filter[note_type]=call_in", "", 200, nil},
		{"GET", "/leads/notes?filter[note_type][]=call_in", "", 200, []string{`"params":{"duration":60,"phone":"555"}`, `!"hello"`}},
		{"PATCH", "/leads/notes/1", `{"params":{"text":"hello again"}}`, 200, []string{`"updated_at"`}},
		{"PATCH", "/leads/notes", `[{"id":3,"params":{"text":"more"}}]`, 200, nil},
		{"POST", "/leads/notes/1/pin", "", 204, nil},
		{"GET", "/leads/notes/1", "", 200, []string{`"is_pinned":true`, `"hello again"`}},
		{"POST", "/leads/notes/1/unpin", "", 204, nil},
		{"GET", "/contacts/notes/1", "", 204, nil},
		{"POST", "/leads/1/notes", `[{"note_type":"common","params":{}}]`, 400, []string{`"path":"params.text"`}},
		{"POST", "/leads/1/notes", `[{"note_type":"chat","params":{}}]`, 400, []string{`"path":"note_type"`}},
		{"POST", "/leads/9/notes", `[{"note_type":"common","params":{"text":"x"}}]`, 400, []string{`"path":"entity_id"`}},
		{"DELETE", "/leads/notes/1", "", 204, nil},
		{"GET", "/leads/notes/1", "", 204, nil},
	})
}
