/*
 * The keeper: a program without libc that runs inside containers, on any image.
 *
 *   keeper leash
 *     Lives as long as its stdin is open, and reaps the children that it inherits as PID 1. Exits with 0 at the end of
 *     stdin, and with 128 + n at signal n.
 *
 *   keeper signal MARK NUMBER
 *     Sends a signal once to every process that belongs to an exec.
 *
 *   keeper end MARK NUMBER AFTER LIMIT
 *     Sends a signal to every process that belongs to an exec, and SIGKILL to those that are left AFTER milliseconds later.
 *     Gives up LIMIT milliseconds after that.
 *
 * To an exec belong the processes that have MARK in their environment, the process that the exec began with, the children of these,
 * and what is in a session that one of these leads. Exits with 0 when none is left, 1 when some are (one line each: its number and
 * its name), 2 when none was found at all, 3 for arguments it does not know.
 *
 * `npm run keeper` compiles it for each architecture into keeper.gen.ts.
 */

typedef unsigned long u64;
typedef unsigned char u8;

#if defined(__x86_64__)
enum {
  SYS_read = 0, SYS_write = 1, SYS_close = 3, SYS_rt_sigprocmask = 14, SYS_nanosleep = 35, SYS_wait4 = 61, SYS_kill = 62,
  SYS_getdents64 = 217, SYS_clock_gettime = 228, SYS_exit_group = 231, SYS_openat = 257, SYS_ppoll = 271, SYS_signalfd4 = 289,
};

/* The arguments lie on the stack when a process starts. */
__asm__(".globl _start\n_start:\n  xor %ebp, %ebp\n  mov %rsp, %rdi\n  and $-16, %rsp\n  call start\n");

static long call(long number, u64 a, u64 b, u64 c, u64 d, u64 e) {
  long result;
  register u64 r10 __asm__("r10") = d;
  register u64 r8 __asm__("r8") = e;
  __asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8) : "rcx", "r11", "memory");
  return result;
}
#elif defined(__aarch64__)
enum {
  SYS_openat = 56, SYS_close = 57, SYS_getdents64 = 61, SYS_read = 63, SYS_write = 64, SYS_ppoll = 73, SYS_signalfd4 = 74,
  SYS_exit_group = 94, SYS_nanosleep = 101, SYS_clock_gettime = 113, SYS_kill = 129, SYS_rt_sigprocmask = 135, SYS_wait4 = 260,
};

__asm__(".globl _start\n_start:\n  mov x29, #0\n  mov x0, sp\n  bl start\n");

static long call(long number, u64 a, u64 b, u64 c, u64 d, u64 e) {
  register u64 x8 __asm__("x8") = (u64)number;
  register u64 x0 __asm__("x0") = a;
  register u64 x1 __asm__("x1") = b;
  register u64 x2 __asm__("x2") = c;
  register u64 x3 __asm__("x3") = d;
  register u64 x4 __asm__("x4") = e;
  __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4) : "memory");
  return (long)x0;
}
#else
#error "the keeper has no system calls for this architecture"
#endif

enum { SIGKILL = 9, SIGCHLD = 17, SIGCONT = 18, SIGSTOP = 19 };
enum { AT_FDCWD = -100, WNOHANG = 1, SIG_BLOCK = 0, CLOCK_MONOTONIC = 1, POLLIN = 1 };
enum { EXIT_LEFT = 1, EXIT_NONE_FOUND = 2, EXIT_USAGE = 3 };

static void quit(int code) {
  for (;;) call(SYS_exit_group, (u64)code, 0, 0, 0, 0);
}

static long now(void) {
  long time[2] = {0, 0};
  call(SYS_clock_gettime, CLOCK_MONOTONIC, (u64)time, 0, 0, 0);
  return time[0] * 1000 + time[1] / 1000000;
}

static void pause_for(long milliseconds) {
  long time[2] = {0, milliseconds * 1000000};
  call(SYS_nanosleep, (u64)time, 0, 0, 0, 0);
}

static void send_signal(long target, int number) {
  call(SYS_kill, (u64)target, (u64)number, 0, 0, 0);
}

/* ---- words and numbers ---- */

static u64 length_of(const char *text) {
  u64 length = 0;
  while (text[length]) length++;
  return length;
}

static int is_same(const char *one, const char *other) {
  while (*one && *one == *other) one++, other++;
  return *one == *other;
}

/* Leaves *text behind the number, or where it was when there is none. */
static u64 read_number(const char **text) {
  u64 value = 0;
  for (; **text >= '0' && **text <= '9'; (*text)++) value = value * 10 + (u64)(**text - '0');
  return value;
}

static long number_of(const char *text) {
  return (long)read_number(&text);
}

static char *put(char *end, const char *text) {
  while (*text) *end++ = *text++;
  *end = 0;
  return end;
}

static char *put_number(char *end, u64 value) {
  char digits[24], *first = digits + sizeof digits - 1;
  *first = 0;
  do *--first = (char)('0' + value % 10); while (value /= 10);
  return put(end, first);
}

/* ---- /proc ---- */

/* Opens /proc/PID/NAME. */
static long open_of(int pid, const char *name) {
  char path[64];
  put(put(put_number(put(path, "/proc/"), (u64)pid), "/"), name);
  return call(SYS_openat, (u64)AT_FDCWD, (u64)path, 0, 0, 0);
}

static long read_some(long file, char *into, u64 length) {
  return call(SYS_read, (u64)file, (u64)into, length, 0, 0);
}

static void close_file(long file) {
  call(SYS_close, (u64)file, 0, 0, 0, 0);
}

/* What /proc/PID/stat says of a process. */
struct process {
  int pid, parent, group, session;
  u64 start;
  char name[20];
};

/* From "PID (NAME) STATE PARENT GROUP SESSION …". A name may have spaces and brackets in it. Returns 0 when it has ended. */
static int parse_stat(char *text, struct process *process) {
  char *open = text, *close = 0;
  while (*open && *open != '(') open++;
  for (char *each = open; *each; each++)
    if (*each == ')') close = each;
  if (!close) return 0;
  *close = 0;
  for (int i = 0; i < 16; i++) process->name[i] = open[1 + i] && open + 1 + i < close ? open[1 + i] : 0;
  char state = close[2];
  const char *rest = close + 3;
  u64 threads = 0;
  for (int field = 4; field <= 22 && *rest; field++) {
    while (*rest == ' ' || *rest == '-') rest++;
    u64 value = read_number(&rest);
    if (field == 4) process->parent = (int)value;
    if (field == 5) process->group = (int)value;
    if (field == 6) process->session = (int)value;
    if (field == 20) threads = value;
    if (field == 22) process->start = value;
  }
  /* Other threads may outlive the first one. */
  return state != 'X' && (state != 'Z' || threads > 1);
}

static int read_process(int pid, struct process *process) {
  char text[1024];
  long file = open_of(pid, "stat");
  if (file < 0) return 0;
  long length = read_some(file, text, sizeof text - 1);
  close_file(file);
  if (length <= 0) return 0;
  text[length] = 0;
  process->pid = pid;
  return parse_stat(text, process);
}

/* Whether the mark is among the bytes; they begin with the last ones of the piece before. */
static int has_word(const char *bytes, long length, const char *word, long word_length) {
  for (long at = 0; at + word_length <= length; at++) {
    long same = 0;
    while (same < word_length && bytes[at + same] == word[same]) same++;
    if (same == word_length) return 1;
  }
  return 0;
}

/* Whether the mark is in the environment of a process. */
static int is_marked(int pid, const char *mark) {
  char bytes[8192];
  long word = (long)length_of(mark), kept = 0;
  long file = open_of(pid, "environ");
  if (file < 0) return 0;
  int found = 0;
  while (!found) {
    long length = read_some(file, bytes + kept, sizeof bytes - (u64)kept);
    if (length <= 0) break;
    length += kept;
    found = has_word(bytes, length, mark, word);
    kept = length < word ? length : word - 1;
    for (long i = 0; i < kept; i++) bytes[i] = bytes[length - kept + i];
  }
  close_file(file);
  return found;
}

/* ---- the processes of an exec ---- */

/* Which were ever seen, by their number: one that clears its environment and leaves its parent later is still known. */
struct member {
  int pid, group, is_ours;
  u64 start;
  u8 is_signalled, is_stopped, leads_session;
  u64 seen;
  char name[20];
};

enum { PLACES = 1 << 15, MOST = PLACES / 2 };
static struct member members[PLACES];
static int member_count;
/* The scan under way, by its number. */
static u64 scan_number;
static int live_count, new_count;

/* The place of a number, or an empty one. */
static struct member *place_of(int pid) {
  u64 at = (u64)pid % PLACES;
  while (members[at].pid && members[at].pid != pid) at = (at + 1) % PLACES;
  return &members[at];
}

static struct member *member_of(int pid) {
  struct member *member = place_of(pid);
  return pid > 1 && member->is_ours ? member : 0;
}

static int is_in_our_session(int session) {
  struct member *leader = member_of(session);
  return leader && leader->leads_session;
}

static int belongs(const struct process *process, const char *mark) {
  return member_of(process->parent) || is_in_our_session(process->session) || is_marked(process->pid, mark);
}

/* Without a mark, the process leads the session of one that has it. Its parent is outside if the exec began with it. */
static void look_at(int pid, const char *mark) {
  struct process process;
  if (pid <= 1 || !read_process(pid, &process)) return;
  struct member *member = place_of(pid);
  /* Another process has its number now. */
  if (member->is_ours && member->start != process.start) member->is_ours = 0;
  if (!member->is_ours) {
    if (mark ? !belongs(&process, mark) : process.parent != 0) return;
    new_count++;
    if (!member->pid && member_count >= MOST) {
      /* More than can be remembered: it has to do without. */
      send_signal(pid, SIGKILL);
      live_count++;
      return;
    }
    if (!member->pid) member_count++;
    *member = (struct member){.pid = pid, .is_ours = 1, .start = process.start};
    put(member->name, process.name);
  }
  member->group = is_in_our_session(process.session) || process.session == pid ? process.group : 0;
  member->leads_session = process.session == pid;
  member->seen = scan_number;
  live_count++;
  /* It may have cleared its environment. */
  if (mark && !member_of(process.session)) look_at(process.session, 0);
}

/* Looks at every process there is. */
static void scan(const char *mark) {
  char entries[4096];
  scan_number++;
  live_count = new_count = 0;
  long folder = call(SYS_openat, (u64)AT_FDCWD, (u64) "/proc", 0, 0, 0);
  if (folder < 0) return;
  for (;;) {
    long length = call(SYS_getdents64, (u64)folder, (u64)entries, sizeof entries, 0, 0);
    if (length <= 0) break;
    /* An entry is its inode and offset (8 bytes each), its length (2), its type (1) and its name. */
    for (long at = 0; at < length; at += *(unsigned short *)(entries + at + 16)) {
      const char *name = entries + at + 19;
      u64 pid = read_number(&name);
      if (pid > 0 && *name == 0) look_at((int)pid, mark);
    }
  }
  close_file(folder);
}

static int is_live(const struct member *member) {
  return member->is_ours && member->seen == scan_number;
}

/* Calls the action for each process that the last scan saw. */
static void for_each_live(void (*action)(struct member *, int), int number) {
  for (int at = 0; at < PLACES; at++)
    if (is_live(&members[at])) action(&members[at], number);
}

static void signal_once(struct member *member, int number) {
  if (member->is_signalled) return;
  member->is_signalled = 1;
  send_signal(member->pid, number);
}

/* What is stopped makes no more children, and no child can lose its parent. */
static void stop_once(struct member *member, int number) {
  if (member->is_stopped) return;
  member->is_stopped = 1;
  send_signal(member->pid, number);
}

/* By its group as well: that also reaches those that fork faster than a scan can follow. */
static void kill_now(struct member *member, int number) {
  if (member->group > 1) send_signal(-member->group, number);
  send_signal(member->pid, number);
}

static void report(struct member *member, int descriptor) {
  char line[64];
  char *end = put(put(put(put_number(line, (u64)member->pid), " "), member->name), "\n");
  call(SYS_write, (u64)descriptor, (u64)line, (u64)(end - line), 0, 0);
}

/* ---- what it is called for ---- */

/* One scan can miss a process whose number is lower than that of the parent it has just lost; two in a row see it. */
static int is_nothing_left(const char *mark) {
  scan(mark);
  if (live_count > 0) return 0;
  pause_for(1);
  scan(mark);
  return live_count == 0;
}

static int end_of_search(void) {
  return member_count == 0 ? EXIT_NONE_FOUND : 0;
}

/* More than once, for children that were made meanwhile; not for ever, since some commands never stop making them. */
static int signal_all(const char *mark, int number) {
  for (int scans = 0; scans < 20; scans++) {
    scan(mark);
    for_each_live(signal_once, number);
    if (new_count == 0) break;
  }
  return end_of_search();
}

static int kill_all(const char *mark, long limit) {
  long deadline = now() + limit;
  for (long pause = 1; !is_nothing_left(mark); pause = pause < 20 ? pause * 2 : 20) {
    if (now() > deadline) {
      for_each_live(report, 1);
      return EXIT_LEFT;
    }
    do {
      for_each_live(stop_once, SIGSTOP);
      scan(mark);
    } while (new_count > 0 && now() <= deadline);
    for_each_live(kill_now, SIGKILL);
    pause_for(pause);
  }
  return end_of_search();
}

static int end_all(const char *mark, int number, long after, long limit) {
  if (number != SIGKILL) {
    for (long deadline = now() + after; !is_nothing_left(mark) && now() < deadline; pause_for(10))
      for_each_live(signal_once, number);
  }
  return kill_all(mark, limit);
}

static void reap(void) {
  while (call(SYS_wait4, (u64)-1, 0, WNOHANG, 0, 0) > 0) {}
}

/* Waits for the end of stdin. As PID 1 it gets no signal that it does not ask for, and an image may stop by any of them. */
static int hold_leash(void) {
  u64 signals = ~(1UL << (SIGCONT - 1));
  struct { int file; short asked, happened; } polled[2] = {{0, POLLIN, 0}, {0, POLLIN, 0}};
  unsigned told[32];
  char ignored[4096];
  call(SYS_rt_sigprocmask, SIG_BLOCK, (u64)&signals, 0, sizeof signals, 0);
  polled[1].file = (int)call(SYS_signalfd4, (u64)-1, (u64)&signals, sizeof signals, 0, 0);
  for (;;) {
    call(SYS_ppoll, (u64)polled, 2, 0, 0, 0);
    if (polled[1].happened) {
      if (read_some(polled[1].file, (char *)told, sizeof told) > 0 && told[0] != SIGCHLD) return 128 + (int)told[0];
      reap();
    }
    if (polled[0].happened && read_some(0, ignored, sizeof ignored) <= 0) return 0;
  }
}

static int run(long count, char **words) {
  const char *command = count > 1 ? words[1] : "";
  if (count == 2 && is_same(command, "leash")) return hold_leash();
  if (count == 4 && is_same(command, "signal")) return signal_all(words[2], (int)number_of(words[3]));
  if (count == 6 && is_same(command, "end"))
    return end_all(words[2], (int)number_of(words[3]), number_of(words[4]), number_of(words[5]));
  return EXIT_USAGE;
}

__attribute__((used)) void start(long *stack) {
  quit(run(stack[0], (char **)(stack + 1)));
}
