// Package bot is the shared core of Ginnel: the words in which everything else speaks.
//
// Chat adapters pass messages to it; it introduces organisations to each other, keeps a skills register
// and nudges collaboration. The root holds the nouns with their pure rules, the neutral message, and the
// ports. What the bot does stands in folders under it, the verbs, each of which can be deleted whole: its
// folder, its line in wire.go, its methods in storage, its conversations.
//
// # The rules of this house
//
//   - The imports are a star. adapters and storage know this package; the verbs know it too, and the rooms that
//     only think (match, overhear and so on); this package knows nobody of ours, and the program around them knows
//     everyone. A test says so (import_test.go).
//   - bot reads no clock, no file, no network and no environment. The time is an argument, and so is chance.
//   - One way in, one way out. A message is stored before the platform is told that we have it. Every word
//     said in answer is a Post, stored, and delivered by the outbox.
//   - A message is handled inside one storage transaction, which the context carries and storage alone
//     knows. What the handler writes, its answer, and the mark that it is handled are saved together or not
//     at all; so a handler may run again and needs no idempotency of its own.
//   - Time is a message to ourselves: a row of the inbox with a due time, a key used once, and the kind Due.
//   - A button is a sentence already typed. Pressing it says it. There is nothing else to press.
//   - Return the answer: read, think, write, answer, in that order, the thinking pure.
//   - Everything said and understood stands in words/<language>.txt beside its verb, and days and numbers in
//     words/<language>.dates.txt of bot/language. Whatever else reads words (match, overhear, danger, names, terms) has its
//     lists in files too.
//   - A noun enters the root on its second user. Besides the ports, Command and Handle, nothing in the root
//     takes a context.
//
// # The walk of one message
//
// An adapter makes a Message and calls receive. Wants drops what is not for us before anything is written; in a room
// where a coordinator had us listen, a plain ask that is put to everybody is for us too.
// The inbox stores the rest, once for each message id, and the platform is told. The inbox loop opens one
// transaction and calls Handle, which turns “1”, “yes” or a label into the sentence it stands for, finds the
// command by its phrase, checks the role of the speaker, and calls the verb. The verb's answer becomes posts
// keyed by the message; posts, what the verb wrote and the mark commit together, and the text is erased. The
// outbox claims each post just before it is sent, at the pace of its network and the most urgent first, draws what must
// not be stored or must be true when it is read, hands it to the adapter, and records what came of it: said, try again
// later, never, or unknown. After a crash an unknown post is looked for where the network can tell, and said once more
// where it cannot. What goes wrong with one network delays no other.
//
// A Problem rolls everything back, and its words are the answer. Any other error is tried again twice and
// then set aside with an apology; it holds up nobody but its own address.
//
// # Where the house differs from its first plan
//
//   - A command may name a Takes function: a question that no phrase fits (“Would there be a kind soul with a
//     van?”) is still an ask. Phrases alone would turn everyday questions away. What nobody can help with is then watched
//     for only when the asker says so: it may have been no ask.
//   - A command may name a Hears function too, for what is said in a room and not to us. It weighs the message in
//     memory, before anything is written; with several processes each knows within ten seconds where to listen, and
//     whoever handles the message looks again. What is said within a thread is never heard.
//   - Two lines of a word file may come to one shape when they belong to one command and fill the same
//     blanks: “we need {what} [by {day}]” and “we need {what} [before {day}]” share what is left without
//     their tails.
//   - An offer that ends on a day, and room that returns on a day, are each a message to ourselves that
//     changes the register then; so whoever follows the register sees it, and the index needs no clock.
//   - A new need leaves a message to ourselves (NeedAdded), and so do new offers (OffersChanged): register
//     and question meet in the inbox, not in each other's code.
//   - The program stands in the root of the module (wire.go, chat.go, serve.go and so on), so that one look at
//     the top shows how the parts are joined.
//   - A guess leaves open what was offered before it, so that 1 still means what it meant, and offers it again.
//   - Courtesies around an answer do not count (“yes please”), and other words for yes and no stand in the words of the core.
//     An answer that goes on (“yes, but …”), and one that may mean nothing (“ok”), is asked about and never taken for a yes.
//   - What is said unasked waits as a Prompt for the person's weekly bundle. A verb never posts it: digest alone
//     does, and keeps the manners (Manners) of it in one place.
//   - A week is one message to ourselves of digest, which leaves three: the round, the nudges, the digest, in that
//     order. Their names stand in the root, so that no verb knows another.
//   - Only digest and the outbox ask what time it is now: how late a week is, and whether it is night, cannot be told
//     from when a message was due.
//   - A Post says until when its choices may be answered (Open); a day is too short for a proposal.
//   - A no leaves an introduction open until its lapse. So nothing that the other side can see, ask or count is
//     changed by it, and a block goes on as if the other had been asked.
//   - To ask for somebody is a yes to whatever is open between the two, whether it was read yet or not: any other answer
//     would tell of an ask that waits, or that came without a name.
//   - A number is of the list that was read last, when that is a reply; a label may be of any list that is open.
//   - Closed weeks stop every clock. A time that was set before they were known is set again when it comes (OpenAfter).
//   - What takes long goes in steps (Command.Steps): the round thinks outside any transaction, while others are answered, and
//     then proposes a few pairs at a time, each of which is looked at again.
//   - The reason of an introduction is judged more strictly than an answer (match.answers): one silly reason spends all the
//     trust, while somebody who asked can pass over the third name.
//   - What somebody says of a group that others have to say too is a Claim: to speak for one that a list named, a name that could be
//     taken for another's, a move. Until it is decided nothing is written but the claim, so that nobody is shown more by having made it.
//   - Only a yes from both is an answer when groups are ranked: a no must not be told from silence by where somebody stands.
//   - Danger, and what tells who somebody is, is answered before any verb hears of it (Danger, Findable).
//   - Who takes over a network from a process that died takes over its leases too, and looks for the posts it
//     may have said.
//   - The time that is an argument is that of a timekeeper around the bot: a clock that jumps is not believed, and nothing falls due by it.
//   - What somebody reports is a command that hears of danger too (Confided), since it goes to one person and enters nothing else.
package bot
