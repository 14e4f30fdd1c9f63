package db

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/uptrace/bun"

	"salesbot/crm"
)

// searchTerm is one word by which a card is found.
type searchTerm struct {
	bun.BaseModel `bun:"table:search_terms"`

	EntityType crm.EntityType `bun:",pk"`
	EntityID   int64          `bun:",pk"`
	// Kind is where the word comes from: "name", or a field's code.
	Kind string `bun:",pk"`
	Term string `bun:",pk"`
}

// shortestPhone is how many last digits of a phone number find it.
const shortestPhone = 4

// maxQueryWords bounds the work of one search.
const maxQueryWords = 8

// termName is the kind of the words of a card's name.
const termName = "name"

func (tx *Tx) indexName(ctx context.Context, card crm.Entity, name string) error {
	return tx.indexTerms(ctx, card, termName, nameTerms(name))
}

// indexField makes phones and e-mails findable; other fields are not searched.
func (tx *Tx) indexField(ctx context.Context, card crm.Entity, field crm.CustomField, values []crm.Value) error {
	var terms []string
	for _, v := range values {
		switch field.Code {
		case crm.CodePhone:
			terms = append(terms, phoneTerms(field.Text(v))...)
		case crm.CodeEmail:
			terms = append(terms, emailTerms(field.Text(v))...)
		}
	}
	if field.Code != crm.CodePhone && field.Code != crm.CodeEmail {
		return nil
	}
	return tx.indexTerms(ctx, card, field.Code, terms)
}

// indexTerms replaces the words of one kind.
func (tx *Tx) indexTerms(ctx context.Context, card crm.Entity, kind string, terms []string) error {
	_, err := tx.NewDelete().Model((*searchTerm)(nil)).Where("entity_type = ?", card.Type).Where("entity_id = ?", card.ID).Where("kind = ?", kind).Exec(ctx)
	if err != nil {
		return fmt.Errorf("index %s %d: %w", card.Type, card.ID, err)
	}
	return tx.addTerms(ctx, card, kind, terms)
}

// addTerms is for a card that has no words of that kind yet.
func (tx *Tx) addTerms(ctx context.Context, card crm.Entity, kind string, terms []string) error {
	slices.Sort(terms)
	var rows []searchTerm
	for _, term := range slices.Compact(terms) {
		rows = append(rows, searchTerm{EntityType: card.Type, EntityID: card.ID, Kind: kind, Term: term})
	}
	if len(rows) == 0 {
		return nil
	}
	if _, err := tx.NewInsert().Model(&rows).Exec(ctx); err != nil {
		return fmt.Errorf("index %s %d: %w", card.Type, card.ID, err)
	}
	return nil
}

// nameTerms are the name's words, and the parts of words such as Jean-Luc.
func nameTerms(name string) []string {
	words := queryWords(name)
	return append(words, strings.FieldsFunc(crm.Fold(name), notWord)...)
}

// queryWords are the words of a text without the punctuation around them.
func queryWords(text string) []string {
	var words []string
	for _, word := range strings.Fields(crm.Fold(text)) {
		if word = strings.TrimFunc(word, notWord); word != "" {
			words = append(words, word)
		}
	}
	return words
}

func notWord(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }

// phoneTerms are the digits and all their ends, so that a number is found with or without its country code.
func phoneTerms(phone string) []string {
	digits := crm.Digits(phone)
	terms := []string{digits}
	for i := 1; i <= len(digits)-shortestPhone; i++ {
		terms = append(terms, digits[i:])
	}
	return terms
}

func emailTerms(email string) []string {
	email = crm.Fold(email)
	_, domain, _ := strings.Cut(email, "@")
	return []string{email, domain}
}

// wanted are the terms that a query asks for: its words, or the digits of a phone number.
func wanted(query string) []string {
	phone := strings.TrimSpace(query)
	if digits := crm.Digits(phone); len(digits) >= shortestPhone && strings.Trim(phone, "0123456789+-(). ") == "" {
		return []string{digits}
	}
	words := queryWords(query)
	return words[:min(len(words), maxQueryWords)]
}

// search narrows a list to the cards of which every word of the query begins a term; a lead is also found by its contacts.
func search(q *bun.SelectQuery, kind crm.EntityType, query string) *bun.SelectQuery {
	if query == "" {
		return q
	}
	words := wanted(query)
	if len(words) == 0 {
		return q.Where("1 = 0")
	}
	for _, word := range words {
		const begins = "term >= ? AND term < ?"
		last := word + string(unicode.MaxRune)
		own := "id IN (SELECT entity_id FROM search_terms WHERE entity_type = ? AND " + begins + ")"
		if kind != crm.Leads {
			q = q.Where(own, kind, word, last)
			continue
		}
		q = q.Where("("+own+" OR id IN (SELECT lc.lead_id FROM lead_contacts AS lc JOIN search_terms AS st ON st.entity_id = lc.contact_id "+
			"WHERE st.entity_type = ? AND "+begins+"))", kind, word, last, crm.Contacts, word, last)
	}
	return q
}
