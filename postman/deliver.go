package postman

import (
	"context"
	"errors"
	"fmt"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"salesbot/bot"
	"salesbot/db"
	"salesbot/workflows"
)

// deliver sends a conversation's unsent mail, oldest first, and stops at the first letter that can't be sent.
func (p *Postman) deliver(ctx context.Context, workflowID string) error {
	for {
		letters, err := p.store.UnsentMail(ctx, workflowID)
		if err != nil {
			return err
		}
		for _, l := range letters {
			if p.marks.has(l.Seq) {
				continue
			}
			letter, err := read(l)
			if err != nil {
				if err := p.bury(ctx, l, err); err != nil {
					return err
				}
				continue
			}
			if err := p.signal(ctx, l, letter); err != nil {
				return err
			}
			p.marks.add(l.Seq)
		}
		if len(letters) < db.MailBatch {
			return nil
		}
		if err := p.marks.write(ctx); err != nil { // else the next page would be the same
			return err
		}
	}
}

// read reads a letter and looks whether its address can be read. An error is the letter's own and comes again each time.
func read(l db.Letter) (bot.Letter, error) {
	if !bot.IsDelivery(l.WorkflowID) {
		if _, err := bot.ParseWorkflowID(l.WorkflowID); err != nil {
			return nil, err
		}
	}
	return bot.ReadLetter(l.Signal, l.Payload, l.Seq, l.CreatedAt)
}

// bury takes a letter out of the way that nobody can read, and says so to whoever watches over the product.
func (p *Postman) bury(ctx context.Context, l db.Letter, why error) error {
	if err := p.store.BuryLetter(ctx, l, why.Error()); err != nil {
		return err
	}
	p.dead.Inc()
	p.log.Error("mail can't be read and was put into dead_letters; what comes behind it goes on", "seq", l.Seq, "workflow", l.WorkflowID, "signal", l.Signal, "error", why)
	return nil
}

func (p *Postman) signal(ctx context.Context, l db.Letter, letter bot.Letter) (err error) {
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	if bot.IsDelivery(l.WorkflowID) {
		_, err = p.temporal.SignalWithStartWorkflow(ctx, l.WorkflowID, l.Signal, letter, options(l.WorkflowID, "Messages of managers"), bot.DeliveryType)
	} else {
		err = p.signalConversation(ctx, l, letter)
	}
	if err != nil {
		return fmt.Errorf("signal %s: %w", l.Signal, err)
	}
	return nil
}

func (p *Postman) signalConversation(ctx context.Context, l db.Letter, letter bot.Letter) error {
	subject, err := bot.ParseWorkflowID(l.WorkflowID)
	if err != nil {
		return err
	}
	if l.Signal != bot.SignalLaunch { // there was a run, so there is a conversation; a plain signal costs less
		err = p.temporal.SignalWorkflow(ctx, l.WorkflowID, "", l.Signal, letter)
		var ended *serviceerror.NotFound
		if !errors.As(err, &ended) {
			return err
		}
	}
	_, err = p.temporal.SignalWithStartWorkflow(ctx, l.WorkflowID, l.Signal, letter, conversationOptions(l.WorkflowID, subject, letter),
		bot.ConversationType, workflows.State{Subject: subject})
	return err
}

func options(workflowID, summary string) client.StartWorkflowOptions {
	return client.StartWorkflowOptions{ID: workflowID, TaskQueue: workflows.TaskQueue, StaticSummary: summary,
		WorkflowIDConflictPolicy: enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING}
}

func conversationOptions(workflowID string, subject bot.Subject, letter bot.Letter) client.StartWorkflowOptions {
	attributes := []temporal.SearchAttributeUpdate{workflows.LeadID.ValueSet(subject.LeadID)}
	summary := fmt.Sprintf("Lead %d", subject.LeadID)
	if subject.LeadID == 0 {
		attributes, summary = nil, fmt.Sprintf("Contact %d", subject.ContactID)
	}
	if launch, ok := letter.(*bot.Launch); ok {
		attributes = append(attributes, workflows.BotID.ValueSet(launch.BotID), workflows.PipelineID.ValueSet(launch.PipelineID),
			workflows.ChannelKind.ValueSet(launch.ChannelKind))
	}
	o := options(workflowID, summary)
	o.TypedSearchAttributes = temporal.NewSearchAttributes(attributes...)
	return o
}
