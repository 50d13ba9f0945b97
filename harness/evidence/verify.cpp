#include "harness/evidence/verify.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "core/counted.h"
#include "core/sha256.h"
#include "harness/evidence/names.h"
#include "harness/evidence/verifier.h"
#include "reports/text.h"

namespace aftershock::evidence {

namespace fs = std::filesystem;
using delta::counted;

bool Verification::has(Finding finding) const {
  return std::ranges::any_of(checks,
                             [finding](const Check& check) { return check.finding == finding; });
}

bool Verification::is_attestable() const {
  return std::ranges::all_of(checks, [](const Check& check) {
    const bool page = check.finding == Finding::unchecked && check.subject == "pages";
    return page || check.finding == Finding::good || check.finding == Finding::note;
  });
}

std::expected<Verification, std::string> verify(const std::string& folder,
                                                const VerifyOptions& options) {
  std::error_code error;
  if (!fs::is_directory(folder, error)) {
    return std::unexpected("'" + one_line(folder) + "' is no folder");
  }
  if (!fs::exists(fs::symlink_status(folder + "/" + std::string(kManifestName), error))) {
    return std::unexpected("'" + one_line(folder) + "' has no " + std::string(kManifestName));
  }
  Verification result;
  Verifier(folder, options, result).run();
  return result;
}

void Verifier::add(Finding finding, std::string subject, std::string message, std::string file,
                   std::uint64_t line) {
  result_.checks.push_back(
      {finding, std::move(subject), std::move(message), std::move(file), line});
}

void Verifier::add_about(Finding finding, std::string subject, std::string message,
                         const std::string& file) {
  const Manifest::Line* line = manifest_->current(file);
  add(finding, std::move(subject), std::move(message), file, line != nullptr ? line->number : 0);
}

void Verifier::run() {
  const auto listing = list_files(folder_);
  if (!listing) return add(Finding::unchecked, "files", listing.error());
  if (!read_manifest()) return;
  read_signatures();
  check_presence(*listing);
  check_hashes();
  check_signed();
  check_report();
}

bool Verifier::read_manifest() {
  const std::string name(kManifestName);
  const auto text = read_file(folder_, name, kLargestManifest);
  if (!text) {
    add(Finding::unchecked, "manifest", text.error(), name);
    return false;
  }
  auto manifest = parse_manifest(*text);
  if (!manifest) {
    const Flaw& flaw = manifest.error();
    add(Finding::wrong, "manifest", flaw.message, name, flaw.line);
    return false;
  }
  result_.tool = manifest->head().tool;
  result_.exercise = manifest->head().exercise;
  if (manifest->head().version != kBundleVersion) {
    add(Finding::unchecked, "manifest",
        "the bundle is of version " + std::to_string(manifest->head().version) +
            ", and this program reads version " + std::to_string(kBundleVersion) +
            ": use aftershock " + manifest->head().tool,
        name, 1);
    return false;
  }
  add(Finding::good, "manifest",
      counted(manifest->last_number(), "line") + ", the chain of hashes is whole, its last is " +
          manifest->last_hash());
  manifest_ = *std::move(manifest);
  return true;
}

void Verifier::check_presence(const Listing& listing) {
  known_.emplace(kManifestName);
  for (const Manifest::Line& line : manifest_->lines()) known_.insert(line.entry.file);
  const std::set<std::string> there(listing.files.begin(), listing.files.end());
  for (const std::string& sentence : listing.strange) {
    add(Finding::wrong, "files", sentence + "; a bundle holds plain files only");
  }
  for (const std::string& file : listing.files) {
    if (!known_.contains(file)) {
      add(Finding::wrong, "files", "it does not belong here: the manifest does not name it", file);
    }
  }
  for (const std::string& file : known_) {
    if (!there.contains(file)) add_about(Finding::wrong, "files", "it is missing", file);
    if (there.contains(file)) sound_.insert(file);
  }
}

bool Verifier::is_interrupted(const std::string& subject, const std::string& file) {
  if (!options_.interrupted()) return false;
  add_about(Finding::unchecked, subject, "interrupted before this", file);
  return true;
}

bool Verifier::check_hash(const Manifest::Line& line) {
  const FileEntry& entry = line.entry;
  const auto digest = digest_file(folder_, entry.file);
  if (!digest) {
    add(Finding::unchecked, "files", digest.error(), entry.file, line.number);
    return false;
  }
  if (digest->bytes != entry.bytes) {
    add(Finding::wrong, "files",
        "it was changed: it has " + counted(digest->bytes, "byte") + ", the manifest says " +
            std::to_string(entry.bytes),
        entry.file, line.number);
    return false;
  }
  if (digest->sha256 != entry.sha256) {
    add(Finding::wrong, "files",
        "it was changed: its SHA-256 is " + digest->sha256 + ", the manifest says " + entry.sha256,
        entry.file, line.number);
    return false;
  }
  return true;
}

void Verifier::check_hashes() {
  std::uint64_t good = 0, bytes = 0;
  std::uint64_t superseded = 0;
  for (const Manifest::Line& line : manifest_->lines()) {
    if (manifest_->current(line.entry.file) != &line) {
      ++superseded;
      continue;
    }
    if (!is_sound(line.entry.file)) continue;
    if (is_interrupted("files", line.entry.file)) {
      sound_.erase(line.entry.file);
    } else if (check_hash(line)) {
      ++good;
      bytes += line.entry.bytes;
    } else {
      sound_.erase(line.entry.file);
    }
  }
  add(Finding::good, "files",
      counted(good, "file") + " of " + std::to_string(bytes) +
          " bytes have the sizes and hashes of the manifest");
  if (superseded > 0) {
    add(Finding::note, "files",
        counted(superseded, "line") + " of the manifest tell what was superseded since");
  }
}

std::optional<std::string> Verifier::read_sound(const std::string& subject, const std::string& file,
                                                std::uint64_t limit) {
  auto text = read_file(folder_, file, limit);
  if (!text) {
    add_about(Finding::unchecked, subject, text.error(), file);
  } else if (delta::to_string(delta::sha256(*text)) != manifest_->current(file)->entry.sha256) {
    add_about(Finding::wrong, subject, "it was changed while it was verified", file);
  } else {
    return *std::move(text);
  }
  return std::nullopt;
}

void Verifier::read_signatures() {
  const std::string name(kSignatureName);
  std::error_code error;
  if (!fs::exists(fs::symlink_status(folder_ + "/" + name, error))) return;
  known_.insert(name);
  const auto text = read_file(folder_, name, kLargestSignatures);
  if (!text) return add(Finding::unchecked, "signature", text.error(), name);
  auto signatures = parse_signatures(*text);
  if (!signatures) {
    return add(Finding::wrong, "signature", signatures.error().message, name,
               signatures.error().line);
  }
  if (signatures->empty()) add(Finding::wrong, "signature", "it holds none", name);
  signatures_ = *std::move(signatures);
  for (const Signature& signature : signatures_) known_.insert(key_name(signature.key));
}

void Verifier::check_signature(const Signature& signature, std::uint64_t number) {
  const std::string name(kSignatureName);
  const std::string key_file = key_name(signature.key);
  const auto wrong = [&](const std::string& what, const std::string& file) {
    add(Finding::wrong, "signature", what, file, file == name ? number : 0);
  };
  if (!is_sound(key_file)) return;  // it is missing, which was said
  const auto pem = read_file(folder_, key_file, kLargestFile);
  if (!pem) return add(Finding::unchecked, "signature", pem.error(), key_file);
  const auto key = PublicKey::parse(*pem);
  if (!key || key->pem() != *pem || key->fingerprint() != signature.key) {
    return wrong("it is not the public key of that fingerprint", key_file);
  }
  if (manifest_->hash_of(signature.line) != signature.hash) {
    return wrong("the signature is over another manifest", name);
  }
  if (!key->verifies(signature.hash, signature.signature)) {
    return wrong("the signature is not valid: it was not made by the key that it names", name);
  }
  const std::uint64_t last = manifest_->last_number();
  if (signature.line == last) good_signers_.insert(signature.key);
  add(Finding::good, "signature",
      "valid over " +
          (signature.line == last ? "all lines" : "the first " + counted(signature.line, "line")) +
          " of the manifest, by the key with the fingerprint " + signature.key);
}

void Verifier::check_signed() {
  for (std::size_t i = 0; i < signatures_.size(); ++i) check_signature(signatures_[i], i + 1);
  if (options_.key != nullptr) {
    const std::string& wanted = options_.key->fingerprint();
    const bool found = good_signers_.contains(wanted);
    add(found ? Finding::good : Finding::wrong, "signature",
        found ? "the key that was asked for has signed all of it"
              : "the key that was asked for, " + wanted + ", has not signed all of it");
    return;
  }
  if (!signatures_.empty() && good_signers_.empty()) {
    return add(Finding::note, "signature",
               "nobody has signed the last lines of the manifest, and so not the present report: "
               "whoever can write to the folder can have added them");
  }
  add(Finding::note, "signature",
      signatures_.empty()
          ? "none: whoever can write to the folder can have made all of it anew"
          : "a signature proves nothing before you know whose key it is: ask the signer for the "
            "key by another way and give it with --key");
}

}  // namespace aftershock::evidence
