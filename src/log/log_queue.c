/* SPDX-License-Identifier: ISC */
/* See log_queue.h. */
#include "log/log_queue.h"

void log_queue_add(struct log_queue *queue, struct log_source *source)
{
	if (source->queued || source->fd < 0)
		return;
	source->queued = true;
	source->next = NULL;
	if (queue->first)
		queue->last->next = source;
	else
		queue->first = source;
	queue->last = source;
}

void log_queue_remove(struct log_queue *queue, struct log_source *source)
{
	struct log_source *before = NULL;

	for (struct log_source *s = queue->first; s && s != source; s = s->next)
		before = s;
	if (before)
		before->next = source->next;
	else
		queue->first = source->next;
	if (queue->last == source)
		queue->last = before;
	source->queued = false;
}
