package crm

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAFieldChecksItsValues(t *testing.T) {
	t.Parallel()
	choices := []Enum{{ID: 1, Value: "Red", Code: "r"}, {ID: 2, Value: "Dark blue"}}
	kinds := []Enum{{ID: 1, Value: "WORK", Code: "WORK"}, {ID: 2, Value: "MOB", Code: "MOB"}}
	const bad = "\x00refused"
	for _, c := range []struct {
		field CustomField
		in    Value
		want  any
		enum  int64
	}{
		{CustomField{Type: FieldText}, Value{Value: "x"}, "x", 0},
		{CustomField{Type: FieldText}, Value{Value: 12.5}, "12.5", 0},
		{CustomField{Type: FieldText}, Value{Value: map[string]any{}}, bad, 0},
		{CustomField{Type: FieldText}, Value{Value: strings.Repeat("x", MaxFieldText+1)}, bad, 0},
		{CustomField{Type: FieldNumeric}, Value{Value: " 1,5 "}, "1.5", 0},
		{CustomField{Type: FieldNumeric}, Value{Value: "NaN"}, bad, 0},
		{CustomField{Type: FieldMonetary}, Value{Value: "ten"}, bad, 0},
		{CustomField{Type: FieldCheckbox}, Value{Value: "Yes"}, true, 0},
		{CustomField{Type: FieldCheckbox}, Value{Value: false}, false, 0},
		{CustomField{Type: FieldCheckbox}, Value{Value: "perhaps"}, bad, 0},
		{CustomField{Type: FieldSelect, Enums: choices}, Value{Value: "dark  BLUE"}, "Dark blue", 2},
		{CustomField{Type: FieldRadio, Enums: choices}, Value{EnumID: 1}, "Red", 1},
		{CustomField{Type: FieldMultiselect, Enums: choices}, Value{EnumCode: "r"}, "Red", 1},
		{CustomField{Type: FieldSelect, Enums: choices}, Value{Value: "Red", EnumID: 9}, bad, 0},
		{CustomField{Type: FieldSelect, Enums: choices}, Value{Value: "green"}, bad, 0},
		{CustomField{Type: FieldMultitext, Code: CodePhone, Enums: kinds}, Value{Value: " +1 (555) 010 "}, "+1 (555) 010", 1},
		{CustomField{Type: FieldMultitext, Code: CodePhone, Enums: kinds}, Value{Value: "555010", EnumCode: "MOB"}, "555010", 2},
		{CustomField{Type: FieldMultitext, Code: CodePhone, Enums: kinds}, Value{Value: "12"}, bad, 0},
		{CustomField{Type: FieldMultitext, Code: CodePhone, Enums: kinds}, Value{Value: "555010", EnumCode: "PAGER"}, bad, 0},
		{CustomField{Type: FieldMultitext, Code: CodeEmail, Enums: kinds}, Value{Value: "a@b.co"}, "a@b.co", 1},
		{CustomField{Type: FieldMultitext, Code: CodeEmail, Enums: kinds}, Value{Value: "Ann <a@b.co>"}, bad, 0},
		{CustomField{Type: FieldDate}, Value{Value: "2026-01-31"}, int64(1769817600), 0},
		{CustomField{Type: FieldDateTime}, Value{Value: "2026-01-31T01:00:00+01:00"}, int64(1769817600), 0},
		{CustomField{Type: FieldBirthday}, Value{Value: float64(1769817600)}, int64(1769817600), 0},
		{CustomField{Type: FieldDate}, Value{Value: "soon"}, bad, 0},
		{CustomField{Type: FieldURL}, Value{Value: "https://example.com/a"}, "https://example.com/a", 0},
		{CustomField{Type: FieldURL}, Value{Value: "javascript:alert(1)"}, bad, 0},
	} {
		got, err := c.field.Check([]Value{c.in})
		if c.want == bad {
			require.Equal(t, Invalid, CodeOf(err), "%s %v", c.field.Type, c.in.Value)
			var own *Error
			require.ErrorAs(t, err, &own)
			require.Equal(t, "values.0.value", own.Field)
			continue
		}
		require.NoError(t, err, "%s %v", c.field.Type, c.in)
		require.Equal(t, c.want, got[0].Value)
		require.Equal(t, c.enum, got[0].EnumID)
	}
}

func TestAnEmptyTextIsNoValueAndOneFieldHoldsOne(t *testing.T) {
	t.Parallel()
	for _, kind := range []FieldType{FieldText, FieldNumeric, FieldDate, FieldURL, FieldSelect, FieldMultitext} {
		got, err := CustomField{Type: kind}.Check([]Value{{Value: ""}})
		require.NoError(t, err, kind)
		require.Empty(t, got, kind)
	}
	_, err := CustomField{Type: FieldText}.Check([]Value{{Value: "a"}, {Value: "b"}})
	require.Equal(t, Invalid, CodeOf(err))
}

func TestValuesRead(t *testing.T) {
	t.Parallel()
	require.Equal(t, "2026-01-31", CustomField{Type: FieldDate}.Text(Value{Value: float64(1769817600)}))
	require.Equal(t, "2026-01-31 00:00", CustomField{Type: FieldDateTime}.Text(Value{Value: int64(1769817600)}))
	require.Equal(t, "true", CustomField{Type: FieldCheckbox}.Text(Value{Value: true}))
	require.Empty(t, CustomField{Type: FieldDate}.Text(Value{}))
}

func TestPrices(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]int64{"20": 2000, "1 500,5": 150050, "0.05": 5, "19.90": 1990, "19.": 1900} {
		got, err := ParsePrice(in)
		require.NoError(t, err, in)
		require.Equal(t, want, got, in)
	}
	for _, in := range []string{"", "ten", "-1", "1.005", "1e3", "9999999999999999999", "."} {
		_, err := ParsePrice(in)
		require.Equal(t, Invalid, CodeOf(err), in)
	}
	for in, want := range map[int64]string{0: "0", 2000: "20", 1990: "19.90", 5: "0.05", -150: "-1.50"} {
		require.Equal(t, want, FormatPrice(in))
	}
}
