package db

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"salesbot/bot"
	"salesbot/crm"
)

// tellBots gives the message to the runs that are alive, and launches the bot whose trigger it pulls.
func (tx *Tx) tellBots(ctx context.Context, channelKind string, chat crm.Chat, message crm.Message) error {
	runs, err := tx.runsInChat(ctx, chat)
	if err != nil {
		return err
	}
	letter := heard(message, channelKind)
	if len(runs) > 0 {
		if err := tx.post(ctx, chatSubject(chat), bot.SignalMessage, letter); err != nil {
			return err
		}
	}
	return tx.pullTriggers(ctx, pull{chat: chat, message: message, letter: letter, alive: runs})
}

// runsInChat are the runs that are alive and talk in the chat. One that has no chat yet takes the first in which the
// client writes.
func (tx *Tx) runsInChat(ctx context.Context, chat crm.Chat) ([]crm.Run, error) {
	runs, err := tx.AliveRuns(ctx, chatSubject(chat).WorkflowID())
	if err != nil {
		return nil, err
	}
	var here []crm.Run
	for _, run := range runs {
		if run.ChatID == "" || run.ChatID == chat.ID {
			here = append(here, run)
		}
	}
	return here, nil
}

// Unheard launches the bot whose trigger a message pulls that was given to a run which was just ending. Nothing is
// launched if that was done already, when the message came or by an earlier call. A message that has come twice, of which
// an earlier state than the given one knew, is an error of code Outdated.
func (s *Store) Unheard(ctx context.Context, letter bot.Message, keep *bot.Keep) error {
	return s.Change(ctx, func(ctx context.Context, tx *Tx) error {
		if err := tx.keep(ctx, keep); err != nil {
			return err
		}
		chat, err := tx.lockChat(ctx, letter.ChatID)
		if err != nil {
			return err
		}
		var message crm.Message
		if err := found(tx.NewSelect().Model(&message).Where("id = ?", letter.ID).Scan(ctx), "message", letter.ID); err != nil {
			return err
		}
		if launched, err := tx.ownRuns(chat).Where("message_id = ?", letter.ID).Exists(ctx); err != nil || launched {
			return err
		}
		runs, err := tx.runsInChat(ctx, chat)
		if err != nil {
			return err
		}
		return tx.pullTriggers(ctx, pull{chat: chat, message: message, letter: letter, alive: runs})
	})
}

// byTrigger is who launches a run that a trigger launches.
const byTrigger = "trigger"

// ownRuns are the runs of the chat that no other run started.
func (tx *Tx) ownRuns(chat crm.Chat) *bun.SelectQuery {
	return tx.NewSelect().Model((*crm.Run)(nil)).Where("workflow_id = ?", chatSubject(chat).WorkflowID()).
		Where("chat_id = ?", chat.ID).Where("parent_id = 0")
}

// pull is a client's message that may launch a bot.
type pull struct {
	chat    crm.Chat
	message crm.Message
	letter  bot.Message
	// alive are the runs that talk in the chat.
	alive []crm.Run
}

// pullTriggers launches one bot: that of the first trigger that the message pulls. If it is running here, it has the
// message already, and nothing is launched beside it. While a person has taken over nothing is launched at all.
func (tx *Tx) pullTriggers(ctx context.Context, p pull) error {
	if p.chat.TakenOverBy != 0 {
		return nil
	}
	kinds, err := tx.pulled(ctx, p)
	if err != nil {
		return err
	}
	triggers, err := tx.messageTriggers(ctx, p.chat.ChannelID, kinds)
	if err != nil || len(triggers) == 0 {
		return err
	}
	first := triggers[0]
	for _, run := range p.alive {
		if run.BotID == first.BotID {
			return nil
		}
	}
	launch := Launch{BotID: first.BotID, Subject: chatSubject(p.chat), ChatID: p.chat.ID, Message: &p.letter, By: byTrigger}
	if _, err := tx.LaunchRun(ctx, crm.Actor{Kind: crm.BySystem}, launch); err != nil {
		return err
	}
	return tx.passOver(ctx, first, triggers[1:], p.chat.LeadID, p.chat.ID)
}

// pulled are the kinds of trigger that the message pulls, in the order in which they are asked: what is said of fewer
// messages goes first.
func (tx *Tx) pulled(ctx context.Context, p pull) ([]crm.TriggerKind, error) {
	var kinds []crm.TriggerKind
	earlier, err := tx.NewSelect().Model((*crm.Message)(nil)).Where("talk_id = ?", p.message.TalkID).Where("seq < ?", p.message.Seq).Exists(ctx)
	if err != nil {
		return nil, fmt.Errorf("look for the talk's first message: %w", err)
	}
	if !earlier {
		kinds = append(kinds, crm.TriggerTalkStarted)
	}
	kinds = append(kinds, crm.TriggerMessage)
	if len(p.alive) > 0 {
		return kinds, nil
	}
	attended, err := tx.NewSelect().Model((*crm.Talk)(nil)).Where("id = ?", p.message.TalkID).Where("attended = ?", true).Exists(ctx)
	if err != nil {
		return nil, fmt.Errorf("look whether a person talks: %w", err)
	}
	if !attended {
		kinds = append(kinds, crm.TriggerNoBot)
	}
	return kinds, nil
}

// messageTriggers are the triggers of active, published bots that a message on the channel pulls, the first one first.
func (tx *Tx) messageTriggers(ctx context.Context, channelID int64, kinds []crm.TriggerKind) ([]crm.Trigger, error) {
	var triggers []crm.Trigger
	err := tx.liveTriggers(&triggers, kinds).Where("trigger.channel_id IN (0, ?)", channelID).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read triggers: %w", err)
	}
	return triggers, nil
}
