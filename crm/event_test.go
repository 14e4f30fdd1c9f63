package crm_test

import (
	"encoding/json"
	"flag"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"salesbot/crm"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestEachTypeOfEventHasOneConstructor reads the package's source: nobody can forget to list what is new.
func TestEachTypeOfEventHasOneConstructor(t *testing.T) {
	t.Parallel()
	words, constructors := map[string]string{}, map[string][]string{}
	each(t, ".", func(_ string, node ast.Node) {
		switch node := node.(type) {
		case *ast.ValueSpec:
			if kind, ok := node.Type.(*ast.Ident); ok && kind.Name == "EventType" {
				words[node.Names[0].Name] = node.Values[0].(*ast.BasicLit).Value
			}
		case *ast.FuncDecl:
			if node.Name.Name == "Type" && node.Recv != nil {
				word := node.Body.List[0].(*ast.ReturnStmt).Results[0].(*ast.Ident).Name
				constructors[word] = append(constructors[word], node.Recv.List[0].Type.(*ast.Ident).Name)
			}
		}
	})
	listed := map[string]int{}
	for _, kind := range crm.EventTypes() {
		listed[string(kind)]++
	}
	require.NotEmpty(t, words)
	for name, word := range words {
		require.Equal(t, []string{name + "Event"}, constructors[name], "who makes %s", name)
		require.Equal(t, 1, listed[strings.Trim(word, `"`)], "%s stands in facts", name)
	}
	require.Len(t, constructors, len(words))
}

// TestEventsAreWrittenInOnePlace looks through the whole product: a fact becomes a row in db/tx.go and nowhere else.
func TestEventsAreWrittenInOnePlace(t *testing.T) {
	t.Parallel()
	var writers []string
	each(t, "..", func(path string, node ast.Node) {
		switch node := node.(type) {
		case *ast.CompositeLit:
			require.False(t, selects(node.Type, "Event"), "%s makes an event by hand; write a fact with tx.event", path)
		case *ast.CallExpr:
			if selects(node.Fun, "NewEvent") {
				writers = append(writers, path)
			}
		case *ast.BasicLit:
			require.NotContains(t, strings.ToLower(node.Value), "insert into events", "%s", path)
		}
	})
	require.Equal(t, []string{filepath.Join("..", "db", "tx.go")}, writers)
}

func selects(e ast.Expr, name string) bool {
	selector, ok := e.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	of, ok := selector.X.(*ast.Ident)
	return ok && of.Name == "crm" && selector.Sel.Name == name
}

// each visits every node of the Go files below a folder that are no tests.
func each(t *testing.T, root string, visit func(path string, node ast.Node)) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, entry os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && (entry.Name() == "node_modules" || entry.Name() == ".git" || path == filepath.Join("..", "bin")) {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(node ast.Node) bool { visit(path, node); return true })
		return nil
	})
	require.NoError(t, err)
}

// kept is an event as its row and the API hold it.
type kept struct {
	EntityType string          `json:"entity_type"`
	EntityID   int64           `json:"entity_id"`
	LeadID     int64           `json:"lead_id,omitempty"`
	ChatID     string          `json:"chat_id,omitempty"`
	Before     json.RawMessage `json:"before,omitempty"`
	After      json.RawMessage `json:"after,omitempty"`
}

// TestTheShapeOfEachEvent compares one event of each type with testdata/events.json: rows of a running product and other
// people's programs hold these shapes. `go test ./crm -run Shape -update` writes the file anew.
func TestTheShapeOfEachEvent(t *testing.T) {
	t.Parallel()
	got := map[crm.EventType]kept{}
	for _, fact := range examples() {
		e, err := crm.NewEvent(crm.Actor{Kind: crm.ByUser, ID: 7}, time.Unix(0, 0), fact)
		require.NoError(t, err)
		require.NotContains(t, got, e.Type, "one example of each type")
		got[e.Type] = kept{e.EntityType, e.EntityID, e.LeadID, e.ChatID, e.Before, e.After}
		requireReads(t, e)
	}
	require.Len(t, got, len(crm.EventTypes()), "each type has an example")
	path := filepath.Join("testdata", "events.json")
	text, err := json.MarshalIndent(got, "", "  ")
	require.NoError(t, err)
	if *update {
		require.NoError(t, os.WriteFile(path, append(text, '\n'), 0o600))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(want), string(text)+"\n")
}

// requireReads: what is read of an event is what was written.
func requireReads(t *testing.T, e crm.Event) {
	t.Helper()
	before, after, err := e.Values()
	require.NoError(t, err)
	for _, side := range []struct {
		raw  json.RawMessage
		read *crm.EventValue
	}{{e.Before, before}, {e.After, after}} {
		if side.raw == nil {
			require.Nil(t, side.read)
			continue
		}
		again, err := json.Marshal(side.read)
		require.NoError(t, err)
		require.JSONEq(t, string(side.raw), string(again), "%s", e.Type)
		require.NotZero(t, reflect.ValueOf(*side.read), "%s", e.Type)
	}
}

// TestRowsOfEarlierVersionsRead: they held some values without their word, one type even in two shapes.
func TestRowsOfEarlierVersionsRead(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		kind      crm.EventType
		old, want string
	}{
		{crm.LeadAdded, `{"id":5,"pipeline_id":1}`, `{"lead_status":{"id":5,"pipeline_id":1}}`},
		{crm.LeadStatusChanged, `{"id":142,"pipeline_id":1}`, `{"lead_status":{"id":142,"pipeline_id":1}}`},
		{crm.LeadDeleted, `{"id":5,"pipeline_id":1}`, `{"lead_status":{"id":5,"pipeline_id":1}}`},
		{crm.LeadChanged, `{"source_id":3}`, `{"lead":{"source_id":3}}`},
		{crm.ResponsibleChanged, `{"id":7}`, `{"responsible_user":{"id":7}}`},
		{crm.ResponsibleChanged, `{"responsible_user":{"id":7}}`, `{"responsible_user":{"id":7}}`},
		{crm.NameChanged, `{"name":"Boat"}`, `{"name_field_value":{"name":"Boat"}}`},
		{crm.SaleChanged, `{"price":1999}`, `{"sale_field_value":{"sale":19,"price_with_minor_units":19.99}}`},
		{crm.FieldChanged, `{"field_id":2,"values":[{"value":12}]}`, `{"custom_field_value":{"field_id":2,"text":"12","values":[{"value":12}]}}`},
		{crm.FieldChanged, `{"field_id":2,"values":null}`, `{"custom_field_value":{"field_id":2,"text":"","values":[]}}`},
		{crm.TagAdded, `{"id":3,"name":"hot"}`, `{"tag":{"id":3,"name":"hot"}}`},
		{crm.EntityLinked, `{"entity_type":"contacts","entity_id":4}`, `{"link":{"entity":{"type":"contact","id":4}}}`},
		{crm.EntityUnlinked, `{"entity_type":"companies","entity_id":4}`, `{"link":{"entity":{"type":"company","id":4}}}`},
		{crm.ContactChanged, `{"company_id":9}`, `{"contact":{"company_id":9}}`},
		{crm.TaskAdded, `{"text":"Call","complete_till":60}`, `{"task":{"text":"Call","complete_till":60,"is_completed":false,"result":""}}`},
		{crm.NoteAdded, `{"note":{"id":8}}`, `{"note":{"id":8}}`},
		{crm.MessageIn, `{"message":{"id":"m1"}}`, `{"message":{"id":"m1"}}`},
		{crm.ChatChanged, `{"taken_over_by":0}`, `{"chat":{"taken_over_by":0}}`},
		{crm.RunChanged, `{"status":"waiting","step":"ask","bot_id":2,"reason":""}`, `{"run":{"status":"waiting","step":"ask","bot_id":2,"reason":""}}`},
		{crm.BotChanged, `{"trigger":6}`, `{"bot":{"trigger_id":6}}`},
		{crm.BotChanged, `{"name":"Greeter","revision":2,"is_active":false}`, `{"bot":{"name":"Greeter","revision":2,"is_active":false}}`},
		{crm.BotPassedOver, `{"bot":{"id":1,"name":"a","trigger_id":2},"launched_bot":{"id":3,"name":"b","trigger_id":4}}`,
			`{"bot":{"id":1,"name":"a","trigger_id":2},"launched_bot":{"id":3,"name":"b","trigger_id":4}}`},
		{crm.CustomFieldChanged, `{"entity_type":"leads"}`, `{"custom_field":{"entity_type":"leads"}}`},
		{crm.ChannelChanged, `{"name":"Site","is_active":true}`, `{"channel":{"name":"Site","is_active":true}}`},
		{"company_changed", `{"name":"gone since"}`, `{}`},
	} {
		for _, e := range []crm.Event{{Type: c.kind, Before: json.RawMessage(c.old)}, {Type: c.kind, After: json.RawMessage(c.old)}} {
			before, after, err := e.Values()
			require.NoError(t, err, "%s %s", c.kind, c.old)
			if after == nil {
				after = before
			}
			got, err := json.Marshal(after)
			require.NoError(t, err)
			require.JSONEq(t, c.want, string(got), "%s %s", c.kind, c.old)
		}
	}
	_, _, err := crm.Event{ID: 4, Type: crm.LeadAdded, After: json.RawMessage(`{"id":"x"}`)}.Values()
	require.ErrorContains(t, err, "event 4, after")
}
