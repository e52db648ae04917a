// A small app on Slack's own packages. It tells what it meets as lines of JSON.
const { WebClient, LogLevel } = require("@slack/web-api");
const { SocketModeClient } = require("@slack/socket-mode");

const [slackApiUrl, token, appToken] = process.argv.slice(2);
const web = new WebClient(token, { slackApiUrl, logLevel: LogLevel.ERROR, rejectRateLimitedCalls: false });
const socket = new SocketModeClient({ appToken, logLevel: LogLevel.ERROR, clientOptions: { slackApiUrl } });
const tell = (what, more) => console.log(JSON.stringify({ what, ...more }));
const fail = (error) => tell("error", { error: `${error.code ?? ""} ${error.message}` });
const plain = (text) => ({ type: "plain_text", text });

socket.on("connected", () => tell("connected"));
socket.on("message", async ({ event, body, ack }) => {
  await ack();
  if (event.bot_id || event.subtype) return;
  tell("message", { text: event.text, id: body.event_id });
  try {
    const posted = await web.chat.postMessage({
      channel: event.channel,
      text: `You said: ${event.text}`,
      blocks: [
        { type: "section", text: { type: "mrkdwn", text: `You said: ${event.text}` } },
        { type: "actions", elements: [{ type: "button", text: plain("More"), value: "more", action_id: "more" }] },
      ],
      metadata: { event_type: "second_client", event_payload: { k: event.ts } },
    });
    tell("posted", { ts: posted.ts });
  } catch (error) {
    fail(error);
  }
});
socket.on("interactive", async ({ body, ack }) => {
  try {
    if (body.type === "view_submission") {
      const value = Object.values(Object.values(body.view.state.values)[0])[0].value;
      if (value === "wrong") return await ack({ response_action: "errors", errors: { field: "Not that." } });
      await ack();
      return tell("submitted", { value });
    }
    await ack();
    await web.views.open({
      trigger_id: body.trigger_id,
      view: {
        type: "modal", title: plain("More"), submit: plain("Send"),
        blocks: [{
          type: "input", block_id: "field", label: plain("What"),
          element: { type: "plain_text_input", action_id: "value" },
        }],
      },
    });
    tell("opened");
  } catch (error) {
    fail(error);
  }
});
socket.on("slash_commands", async ({ body, ack }) => {
  await ack({ text: `${body.command} ${body.text}` });
  tell("command", { text: body.text });
});

(async () => {
  const who = await web.auth.test();
  tell("auth", { user: who.user_id, scopes: who.response_metadata.scopes.length });
  let channels = 0;
  for await (const page of web.paginate("conversations.list", { limit: 2 })) channels += page.channels.length;
  tell("channels", { channels });
  const uploaded = await web.filesUploadV2({ filename: "a.csv", content: "a,b\n1,2\n" });
  tell("uploaded", { ok: uploaded.ok });
  try {
    await web.chat.postMessage({ channel: "C000", text: "x" });
  } catch (error) {
    tell("refused", { error: error.data.error });
  }
  await socket.start();
  process.stdin.on("end", async () => {
    await socket.disconnect();
    process.exit(0);
  });
  process.stdin.resume();
})().catch(fail);
