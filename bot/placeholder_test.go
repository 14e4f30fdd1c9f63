package bot

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestExpand(t *testing.T) {
	t.Parallel()
	values := Values{
		"contact.name": {"Ann"}, "lead.tags": {"vip", "spring"}, "message_text": {"{{lead.price}}"}, "lead.price": {"100"}, "contact.email": {""},
	}
	for template, want := range map[string]string{
		"Hello {{contact.name}}!":                   "Hello Ann!",
		"{{ contact.name }}":                        "Ann",
		"{{lead.tags}}":                             "vip, spring",
		"{{contact.first_name|there}}":              "there",
		"{{contact.email|none}}":                    "none",
		"{{contact.first_name}}":                    "",
		"You said {{message_text}}":                 "You said {{lead.price}}",
		"{{contact.name}}{{lead.price}}":            "Ann100",
		"{{contact.name":                            "{{contact.name",
		"{ {contact.name} }":                        "{ {contact.name} }",
		"{{nothing| a default with | and spaces }}": "a default with | and spaces",
	} {
		require.Equal(t, want, Expand(template, values.Lookup), template)
	}
}

func TestNames(t *testing.T) {
	t.Parallel()
	require.Equal(t, []string{"a", "b.c"}, Names("{{a}} {{b.c|x}} {{ a }} {{broken"))
	require.Empty(t, Names("none"))
}

func TestSingle(t *testing.T) {
	t.Parallel()
	name, ok := Single(" {{lead.tags}} ")
	require.True(t, ok)
	require.Equal(t, "lead.tags", name)
	for _, template := range []string{"", "x", "{{a}}{{b}}", "{{a}} b"} {
		_, ok := Single(template)
		require.False(t, ok, template)
	}
}

func TestUnclosed(t *testing.T) {
	t.Parallel()
	for template, want := range map[string]bool{"{{a}}": false, "{{a": true, "a}}": true, "{{a{b}}": true, "{a}": false} {
		require.Equal(t, want, Unclosed(template), template)
	}
}

func TestKnown(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		"lead.name": true, "lead.cf.12": true, "contact.cf.PHONE": true,
		"company.responsible.email": true, "message_text.phone": true, "json.order.status": true, "var.city": true, "origin": true,
		"lead.nmae": false, "lead": false, "lead.cf": false, "json": false, "json.": false, "lead.cf.12.x": false, "": false, "tag": false,
	} {
		require.Equal(t, want, Known(name), name)
	}
	for _, name := range AllNames() {
		require.True(t, Known(name), name)
	}
}

func TestFieldName(t *testing.T) {
	t.Parallel()
	card, key, ok := FieldName("contact.cf.PHONE")
	require.True(t, ok)
	require.Equal(t, []string{"contact", "PHONE"}, []string{card, key})
	_, _, ok = FieldName("contact.name")
	require.False(t, ok)
}
