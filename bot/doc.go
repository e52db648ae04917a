// Package bot is the shared core of Ginnel: the words in which everything else speaks.
//
// Chat adapters pass messages to it; it introduces organisations to each other, keeps a skills register and nudges
// collaboration. The root holds the nouns with their pure rules, the neutral message, and the ports. What the bot does
// stands in folders under it, the verbs, each of which can be deleted whole: its folder, its lines in wire.go, its
// methods in storage, its conversations; readings that lead to it then lead nowhere.
//
// # The rules of this house
//
//   - The imports are a star. adapters and storage know this package, and of the rooms that only think the three that
//     they need: clean makes safe what comes in, layout cuts what goes out to one message and fills in forms, failure
//     waits, catches panics and tells what a log may say. The verbs know this package and all rooms that only think
//     (match, overhear and so on); this package knows nobody of ours, and the program around them knows everyone. A
//     test says so (import_test.go).
//   - bot reads no clock, no file, no network and no environment. The time is an argument, and so is chance.
//   - One way in, one way out. A message is stored before the platform is told that we have it. Every word said in
//     answer is a Post, stored, and delivered by the outbox.
//   - A message is handled inside one storage transaction, which the context carries and storage alone knows. What the
//     handler writes, its answer, and the mark that it is handled are saved together or not at all; so a handler may
//     run again and needs no idempotency of its own.
//   - Time is a message to ourselves: a row of the inbox with a due time, a key used once, and the kind Due.
//   - A button is a sentence already typed. Pressing it says it. There is nothing else to press.
//   - Return the answer: read, think, write, answer, in that order, the thinking pure.
//   - Everything said and understood stands in words/<language>.txt beside its verb, and days and numbers in
//     words/<language>.dates.txt of bot/language. Whatever else reads words (match, overhear, danger, names, terms)
//     has its lists in files too.
//   - A noun enters the root on its second user. Besides the ports, Command and Handle, nothing in the root takes a
//     context.
//
// # The walk of one message
//
// An adapter makes a Message and calls receive. Wants drops what is not for us before anything is written; in a room
// where a coordinator had us listen, a plain ask that is put to everybody is for us too. The inbox stores the rest,
// once for each message id, and the platform is told. The inbox loop opens one transaction and calls Handle (talk),
// which turns “1”, “yes” or a label into the sentence it stands for, finds the command that is meant, checks the role
// of the speaker, and calls the verb. The verb's answer becomes posts keyed by the message; posts, what the verb wrote
// and the mark commit together, and the text is erased. The outbox claims each post just before it is sent, at the
// pace of its network and the most urgent first, draws what must not be stored or must be true when it is read, hands
// it to the adapter, and records what came of it: said, try again later, never, or unknown. After a crash an unknown
// post is looked for where the network can tell, and said once more where it cannot. What goes wrong with one network
// delays no other.
//
// A Problem rolls everything back, and its words are the answer. Any other error is tried again twice and then set
// aside with an apology; it holds up nobody but its own address.
//
// # How a sentence is understood
//
// talk asks three readers in turn. A phrase of a word file that fits in every word goes first: so do numbers, labels
// and what a button says. Then comes what stands open: a yes with a condition, and an answer that may mean nothing, is
// asked about and never taken for a yes. Last comes language/intent, which has learnt from examples: what it is sure
// of is done, what is likely is asked about, and of the rest one honest line is said. What others read, or what
// answers them, wants to be surer than what can be undone (talk/read.go). A guess leaves open what was offered before
// it.
//
// Danger is read before anything is stored (talk/danger.go), and what tells who somebody is before any command hears
// of it (talk/identifies.go). Some commands are told in confidence, to one person, and are asked all the same
// (Command.Confided).
//
// # Where new things go
//
//   - A sentence, or a way of saying one: words/en.txt beside the verb. The weekly suggestion is in introduce, what
//     frames a bundle in digest, the questions of a nudge in nudge.
//   - A command of a verb: its word file, one line in the table of its Commands, one function, one conversation. Where
//     people say it in words of their own, examples in language/intent/en, and a line in talk/read.go when others read
//     what it does.
//   - How much one message holds: layout/fit.go. What passes of a stranger's text, or of an id: clean.
//   - How days and numbers are read: language/words/en.dates.txt; what a new shape means: language/meaning.go.
//   - How often and how long a post is tried: outbox/deliver.go, with the waits in failure/backoff.go.
//   - A column of the export: register/export.go, and register/mapping.go so that an import reads it back.
//   - A chat network: a folder under adapters that passes adaptertest, and a line in main.go.
//   - A column of the database: a migration for both engines, a line in storage/columns.tsv, and one in retention.tsv.
//
// # What verbs leave to each other
//
// Verbs never import verbs; they meet in the inbox and in the store.
//
//   - A new need leaves a message to ourselves (NeedAdded), and so do new offers (OffersChanged), closed asks
//     (AskClosed) and a group without room (NoRoomNow). An offer that ends on a day is such a message too, so that the
//     index needs no clock.
//   - What is said unasked waits as a Prompt for the person's weekly bundle. digest alone says it, and keeps the
//     manners.
//   - A week is one message of digest, which leaves three: the round, the nudges, the digest, in that order. What
//     takes long thinks outside any transaction and writes in steps, each of which looks again at what it relies on
//     (Command.Steps).
//   - What somebody says of a group that others have to say too is a Claim: to speak for one that a list named, a name
//     that could be taken for another's, a move far away. Until it is decided nothing is written but the claim.
//
// # What nobody may find out
//
//   - A no leaves an introduction open until its lapse. So nothing that the other side can see, ask or count is
//     changed by it, and a block goes on as if the other had been asked. To ask for somebody is a yes to whatever is
//     open between the two.
//   - Only a yes from both is an answer when groups are ranked.
//   - Of a sensitive group nothing finer than the area is shown or used (Organisation.Whereabouts).
//   - How a group is reached is drawn when it is told, after a second look at both consents, and lies in no post
//     (Post.Draw).
//
// # Time
//
// Only the inbox, the outbox and digest ask what time it is: what is due, whether it is night, and how late a week is,
// cannot be told from when a message was due. They are given the clock. The time that is an argument is that of a
// timekeeper around the bot: a clock that jumps is not believed, and nothing falls due by it. Closed weeks stop every
// clock (calendar.OpenAfter).
package bot
