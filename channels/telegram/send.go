package telegram

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"salesbot/channels"
)

// maxText is the longest text of a message, maxData the longest payload of a button in bytes.
const (
	maxText = 4096
	maxData = 64
)

type sendMessage struct {
	ChatID      int64        `json:"chat_id"`
	Text        string       `json:"text"`
	ReplyMarkup *replyMarkup `json:"reply_markup,omitempty"`
}

// Send sends one message: a text, or one file with the text as its caption. A message that does not fit Capabilities is
// refused for good; channels.Fit makes it fit.
func (c *Channel) Send(ctx context.Context, account channels.Account, out channels.Outbound) (channels.Receipt, error) {
	to, err := strconv.ParseInt(out.ChatID, 10, 64)
	if err != nil {
		return channels.Receipt{}, permanent("bad_chat", "%q is not the id of a Telegram chat", out.ChatID)
	}
	markup, err := keyboard(out)
	if err != nil {
		return channels.Receipt{}, err
	}
	switch len(out.Files) {
	case 0:
		return c.sendText(ctx, account, sendMessage{ChatID: to, Text: out.Text, ReplyMarkup: markup})
	case 1:
		return c.sendFile(ctx, account, to, out, markup)
	}
	return channels.Receipt{}, permanent("too_many_files", "a Telegram message carries one file, not %d", len(out.Files))
}

func (c *Channel) sendText(ctx context.Context, account channels.Account, input sendMessage) (channels.Receipt, error) {
	var sent message
	if err := c.call(ctx, account, "sendMessage", input, &sent); err != nil {
		return channels.Receipt{}, err
	}
	return receipt(sent), nil
}

// sendFile falls back to a link where Telegram will not fetch a file by its address: it takes only some types that way.
func (c *Channel) sendFile(ctx context.Context, account channels.Account, to int64, out channels.Outbound, markup *replyMarkup) (channels.Receipt, error) {
	sent, err := c.upload(ctx, account, to, out, markup)
	var refused *channels.SendError
	if errors.As(err, &refused) && out.Files[0].URL != "" && fetchFailed(refused) {
		text := strings.TrimPrefix(out.Text+"\n"+out.Files[0].URL, "\n")
		return c.sendText(ctx, account, sendMessage{ChatID: to, Text: text, ReplyMarkup: markup})
	}
	if err != nil {
		return channels.Receipt{}, err
	}
	return receipt(sent), nil
}

// fetchFailed: the words in which Telegram says that it will not take a file from an address.
func fetchFailed(refused *channels.SendError) bool {
	return refused.Code == "400" && (strings.Contains(refused.Message, "HTTP URL") || strings.Contains(refused.Message, "web page content"))
}

func receipt(sent message) channels.Receipt {
	return channels.Receipt{MessageID: strconv.FormatInt(sent.ID, 10)}
}

type sendChatAction struct {
	ChatID string `json:"chat_id"`
	Action string `json:"action"`
}

// ShowTyping shows "typing…" in the chat for five seconds at most.
func (c *Channel) ShowTyping(ctx context.Context, account channels.Account, chatID string) error {
	return c.call(ctx, account, "sendChatAction", sendChatAction{ChatID: chatID, Action: "typing"}, nil)
}
