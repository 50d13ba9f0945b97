// What only people can say of an exercise: the file that they fill, and how it gets into a bundle.
#pragma once

#include <expected>
#include <string>
#include <vector>

#include "harness/evidence/signature.h"
#include "harness/evidence/verify.h"
#include "harness/scenario/text.h"
#include "reports/occasion.h"

namespace aftershock::evidence {

/// A file with every blank, each with what it asks. As it is, it fills none.
std::string attestation_template();

/// The file at `path`, or every error in it, as with scenarios.
std::expected<AttestationReport, std::vector<Diagnostic>> load_attestation(const std::string& path);

/// Puts it into the report of a bundle that is_attestable() and is held by a BundleLock, draws the
/// pages again and goes on with the manifest. The report that was is kept. What was verified is
/// what is attested, whatever the folder holds by now. The bundle is what it was until all of that
/// is on the disk. The error says why it could not be done.
std::expected<void, std::string> attest(const std::string& folder, const Verification& verified,
                                        const AttestationReport& said, const SigningKey* key);

}  // namespace aftershock::evidence
