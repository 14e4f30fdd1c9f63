package bot

import (
	"strconv"
	"strings"
	"time"
)

// Operator is how a condition compares.
type Operator string

// The operators. Of a subject with several values, such as tags, it is enough that one compares; the operators with
// "not" want it of none.
const (
	Equals      Operator = "equals"
	NotEquals   Operator = "not_equals"
	Contains    Operator = "contains"
	NotContains Operator = "not_contains"
	In          Operator = "in"
	NotIn       Operator = "not_in"
	Greater     Operator = "greater"
	Less        Operator = "less"
	Between     Operator = "between"
	Empty       Operator = "empty"
	NotEmpty    Operator = "not_empty"
	Matches     Operator = "matches"
)

// Compare applies every operator but Matches, which needs more time than a decision may take. Texts compare by Fold,
// numbers as numbers. The operand of In is a list with commas; Between takes operand and to, both included.
func Compare(values []string, operator Operator, operand, to string) bool {
	switch operator {
	case Equals:
		return anyOf(values, operand, equal)
	case NotEquals:
		return !anyOf(values, operand, equal)
	case Contains:
		return anyOf(values, operand, containsText)
	case NotContains:
		return !anyOf(values, operand, containsText)
	case In:
		return inList(values, operand)
	case NotIn:
		return !inList(values, operand)
	case Greater:
		return ordered(values, func(value float64) bool { return above(value, operand, false) })
	case Less:
		return ordered(values, func(value float64) bool { return below(value, operand, false) })
	case Between:
		return ordered(values, func(value float64) bool { return above(value, operand, true) && below(value, to, true) })
	case Empty:
		return blank(values)
	case NotEmpty:
		return !blank(values)
	}
	return false
}

func blank(values []string) bool {
	for _, value := range values {
		if strings.TrimSpace(value) != "" {
			return false
		}
	}
	return true
}

// anyOf treats a subject without values as one empty value, so that it equals "".
func anyOf(values []string, operand string, is func(value, operand string) bool) bool {
	if len(values) == 0 {
		return is("", operand)
	}
	for _, value := range values {
		if is(value, operand) {
			return true
		}
	}
	return false
}

func equal(value, operand string) bool {
	if Fold(value) == Fold(operand) {
		return true
	}
	a, aOK := wholeNumber(value)
	b, bOK := wholeNumber(operand)
	return aOK && bOK && a == b
}

func containsText(value, operand string) bool {
	folded := Fold(operand)
	return folded != "" && strings.Contains(Fold(value), folded)
}

func inList(values []string, list string) bool {
	for _, item := range strings.Split(list, ",") {
		if strings.TrimSpace(item) != "" && anyOf(values, item, equal) {
			return true
		}
	}
	return false
}

func ordered(values []string, is func(float64) bool) bool {
	for _, value := range values {
		if number, ok := sortable(value); ok && is(number) {
			return true
		}
	}
	return false
}

func above(value float64, operand string, orEqual bool) bool {
	bound, ok := sortable(operand)
	return ok && (value > bound || orEqual && value == bound)
}

func below(value float64, operand string, orEqual bool) bool {
	bound, ok := sortable(operand)
	return ok && (value < bound || orEqual && value == bound)
}

// wholeNumber reads a text that is a number and nothing else.
func wholeNumber(text string) (float64, bool) {
	text = strings.TrimSpace(text)
	unsigned := strings.TrimLeft(text, "+-−")
	if len(text)-len(unsigned) > len("−") || numberLike.FindString(unsigned) != unsigned || unsigned == "" {
		return 0, false // also keeps "infinity" and "0x10" from being numbers
	}
	number, err := strconv.ParseFloat(plainNumber(unsigned), 64)
	if strings.HasPrefix(text, "-") || strings.HasPrefix(text, "−") {
		number = -number
	}
	return number, err == nil
}

// sortable reads a number, a date or a time as a number.
func sortable(text string) (float64, bool) {
	if number, ok := wholeNumber(text); ok {
		return number, true
	}
	for _, layout := range []string{time.RFC3339, time.DateOnly, "02.01.2006"} {
		if at, err := time.Parse(layout, strings.TrimSpace(text)); err == nil {
			return float64(at.Unix()), true
		}
	}
	if numbers := Numbers(text); len(numbers) == 1 {
		return numbers[0], true
	}
	return 0, false
}
