// A message that is on its way, or could not go.
import { discard, retry } from "../actions/messages";
import { Button } from "../components/Button";
import { Icon } from "../components/Icon";
import { MessageText } from "../components/MessageText";
import { clockTime } from "../lib/time";
import type { Outgoing } from "../store/outbox";
import { Quote } from "./Quote";

export function OutgoingRow({ outgoing }: { outgoing: Outgoing }) {
  const { conversation_id, client_token, text, written_at, status, problem, reply_to } = outgoing;
  const words = status === "failed" ? "Not sent" : "Sending";
  return (
    <article class={`message mine first last outgoing ${status}`} aria-label="You, on its way">
      <div class="message-column">
        <div class="bubble-line">
          <div class="bubble">
            {reply_to && (
              <Quote conversation={conversation_id} id={reply_to} onJump={() => undefined} />
            )}
            <div class="bubble-body">
              <MessageText text={text} term="" />
              <p class="meta">
                <time dateTime={written_at}>{clockTime(written_at)}</time>
                <span class="ticks" title={words}>
                  <Icon name={status === "failed" ? "warning" : "clock"} size={14} />
                  <span class="visually-hidden">{words}</span>
                </span>
              </p>
            </div>
          </div>
        </div>
        {status === "failed" && (
          <div class="failed-line" role="alert">
            <span>Not sent. {problem}</span>
            <Button kind="quiet" icon="retry" onClick={() => retry(conversation_id, client_token)}>
              Retry
            </Button>
            <Button
              kind="quiet"
              icon="trash"
              onClick={() => discard(conversation_id, client_token)}
            >
              Discard
            </Button>
          </div>
        )}
      </div>
    </article>
  );
}
