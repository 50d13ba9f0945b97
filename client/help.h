// The longer parts of the help texts.
#pragma once

namespace delta::client::help {

inline constexpr const char* kExitCodes =
    "Exit codes: 0 done; of what is watched or followed: it succeeded\n"
    "  1 it failed, timed out or was cancelled; of doctor and status: something\n"
    "    is wrong\n"
    "  2 refused: no such run, no permission, a key that was used for something else\n"
    "  3 no orchestrator did it, or nobody knows: then the --key is named with which\n"
    "    to run it again\n"
    "  64 a bad command line, configuration or file; nothing was asked\n"
    "  74 the output could not be written   70 internal error\n";

inline constexpr const char* kMain =
    "Examples:\n"
    "  export DELTA_URL=http://ci-1:8080,http://ci-2:8080\n"
    "  export DELTA_TOKEN_FILE=~/.delta-token\n"
    "  delta submit build.yaml --watch          run it and see it through\n"
    "  delta list --state running               what goes on\n"
    "  delta logs latest                        what the newest run printed\n"
    "  delta doctor                             what is wrong, and what to do\n"
    "  delta COMMAND --help                     all about one command\n"
    "\n"
    "Environment: DELTA_URL, DELTA_TOKEN_FILE or DELTA_TOKEN, DELTA_CA_FILE, NO_COLOR\n"
    "\n";

inline constexpr const char* kRun =
    "RUN is an id, the first 8 or more digits of one, or 'latest'.\n\n";

inline constexpr const char* kSubmit =
    "FILE is YAML or JSON; '-' reads it from standard input. A run of two jobs:\n"
    "  name: build and test\n"
    "  timeout: 30m                  of the whole run\n"
    "  jobs:\n"
    "    - name: build\n"
    "      command: make\n"
    "    - name: test\n"
    "      command: make test\n"
    "      needs: [build]\n"
    "Instead of a command a job may have steps, from which it goes on when lost:\n"
    "      steps: [{name: fetch, command: ./fetch}, {name: pack, command: ./pack}]\n"
    "A job may also have: secrets (names), required: false, timeout, queue_timeout,\n"
    "  retry: {max_attempts: 3, max_losses: 10, on: [infrastructure, user, timeout]}\n"
    "\n"
    "Only the run's id goes to standard output. With the same --key the same file is\n"
    "submitted once, however often this is done.\n"
    "\n"
    "Examples:\n"
    "  delta submit build.yaml --watch\n"
    "  run=$(delta submit build.yaml --key release-1.2)\n"
    "  generate-jobs | delta submit -\n\n";

inline constexpr const char* kWatch =
    "Examples:\n"
    "  delta watch latest\n"
    "  delta watch 3fa4c2d1 && deploy\n\n";

inline constexpr const char* kGet =
    "Examples:\n"
    "  delta get latest\n"
    "  delta get 3fa4c2d1 --json | jq .body.state\n\n";

inline constexpr const char* kList =
    "Examples:\n"
    "  delta list --state failed --limit 5\n"
    "  delta list --json | jq -r '.body.runs[].id'\n\n";

inline constexpr const char* kLogs =
    "While a job runs its log is some seconds behind. Without JOB: of all jobs.\n"
    "With --follow, one job's, until it is over. When the job is tried again, the log\n"
    "of the new attempt follows; standard error says so.\n\n"
    "Examples:\n"
    "  delta logs latest\n"
    "  delta logs --follow latest build && deploy\n"
    "  delta logs 3fa4c2d1 build | less -R\n\n";

inline constexpr const char* kDownload =
    "Without -o it goes into a new file of the artifact's name; '-o -' is standard\n"
    "output.\n\n"
    "Examples:\n"
    "  delta download latest build app.tar.gz\n"
    "  delta download latest build app.tar.gz -o - | tar xz\n\n";

inline constexpr const char* kSchedule =
    "A schedule submits the run of a file again and again, or once, whichever orchestrator\n"
    "is there. Times are those of its zone. What an outage made it miss is caught up as\n"
    "its policy says.\n\n"
    "Examples:\n"
    "  delta schedule create nightly.yaml nightly --cron '30 2 * * mon-fri' --zone Europe/Berlin\n"
    "  delta schedule create probe.yaml probe --every 15m --catch-up skip\n"
    "  delta schedule list\n"
    "  delta schedule pause nightly\n\n";

inline constexpr const char* kRunners =
    "Asks every orchestrator: each knows the runners that it has heard of within three\n"
    "heartbeats. A runner that is known to several is listed once, as last seen.\n\n"
    "Examples:\n"
    "  delta runners\n"
    "  delta runners --json | jq '.body.runners | map(.slots) | add'\n\n";

inline constexpr const char* kDoctor =
    "Asks each orchestrator how it is, reads its metrics for a while and goes through\n"
    "the checklist of docs/OPERATIONS.md. Warnings alone are exit code 0. Needs no\n"
    "token.\n\n"
    "Examples:\n"
    "  delta doctor\n"
    "  delta doctor --for 2m                    slower, and surer about rates\n"
    "  delta doctor --for 0s                    one look\n\n";

inline constexpr const char* kAdmin =
    "Needs an admin's token. docs/OPERATIONS.md, \"What operators can do\", says what\n"
    "each does and does not. What ends many leases asks first, or needs --yes.\n\n"
    "Examples:\n"
    "  delta admin pause\n"
    "  delta admin lease-ttl 5m --for 1h\n"
    "  delta admin limit-leases 200             0 lifts it\n"
    "  delta admin revoke --run latest --job build\n"
    "  delta admin begin-generation --yes       after a restore\n\n";

}  // namespace delta::client::help
