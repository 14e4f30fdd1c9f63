package livechat

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"strings"

	"salesbot/crm"
)

// tokenVersion begins every token; another one may follow while old tokens are still out.
const tokenVersion = "v1"

// Visitor is who a token says its bearer is. The profile travels in the token until the visitor's first message makes
// a contact: people who only look leave no trace with us.
type Visitor struct {
	// ID is a UUID and the chat's external id.
	ID        string      `json:"id"`
	ChannelID int64       `json:"channel"`
	Profile   crm.Profile `json:"profile"`
}

// Signer makes and checks the tokens that visitors' browsers keep.
type Signer struct{ key []byte }

// NewSigner makes a signer. The key has at least 32 bytes; whoever has it can be any visitor.
func NewSigner(key []byte) *Signer { return &Signer{key: key} }

// Token makes a visitor's token: v1.<JSON>.<signature>, both in base64. It does not run out, because the visitor shall be
// remembered; it opens nothing but that visitor's own chat.
func (s *Signer) Token(v Visitor) (string, error) {
	claims, err := json.Marshal(v)
	if err != nil {
		return "", err
	}
	body := tokenVersion + "." + base64.RawURLEncoding.EncodeToString(claims)
	return body + "." + s.sign(body), nil
}

// Visitor reads a token of one channel. Its error is of code Unauthorized.
func (s *Signer) Visitor(token string, channelID int64) (Visitor, error) {
	var v Visitor
	at := strings.LastIndexByte(token, '.')
	if at < 0 || !hmac.Equal([]byte(s.sign(token[:at])), []byte(token[at+1:])) {
		return v, crm.Errorf(crm.Unauthorized, "the visitor's token is missing or not valid")
	}
	version, claims, _ := strings.Cut(token[:at], ".")
	raw, err := base64.RawURLEncoding.DecodeString(claims)
	if err != nil || version != tokenVersion || json.Unmarshal(raw, &v) != nil || v.ChannelID != channelID {
		return Visitor{}, crm.Errorf(crm.Unauthorized, "the visitor's token is not of this chat")
	}
	return v, nil
}

func (s *Signer) sign(text string) string {
	mac := hmac.New(sha256.New, s.key)
	mac.Write([]byte(text))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}
