#!/bin/sh
# Make the namespace and the search attributes that conversations are found by. Running it again sets the
# retention and adds what is missing. Addresses and the namespace's name come from the environment.
set -eu

name="$TEMPORAL_NAMESPACE"
until temporal operator cluster health >/dev/null 2>&1; do sleep 1; done

if temporal operator namespace describe -n "$name" >/dev/null 2>&1; then
	temporal operator namespace update -n "$name" --retention "$RETENTION"
else
	temporal operator namespace create -n "$name" --retention "$RETENTION"
fi

# A new namespace is known to all parts of the server after a moment.
known() { temporal operator search-attribute list -n "$name" 2>/dev/null; }
until known >/dev/null; do sleep 1; done

add() {
	known | grep -qw "$1" || temporal operator search-attribute create -n "$name" --name "$1" --type "$2"
}
add LeadId Int
add BotId Int
add PipelineId Int
add ChannelKind Keyword
